-- Teams' rows are left out where the authority's own cohort is small: that they are there would say that it holds so many at least.
-- The figures that the public is given rows of, with their true counts and with what an earlier publication told of the same revision
-- (`told_before`): figure, denominator, overtaken, not_countable.
select
    metrics.authority, metrics.indicator_id, metrics.as_at, metrics.team,
    metrics.system_numerator, metrics.system_denominator, metrics.manual_numerator, metrics.manual_denominator,
    metrics.reconciled_numerator, metrics.reconciled_denominator,
    metrics.overtaken, metrics.not_countable, metrics.status = 'withheld' as withheld,
    told_before.system_numerator is not null as told_figure,
    told_before.system_denominator is not null as told_denominator,
    told_before.overtaken is not null as told_overtaken,
    told_before.not_countable is not null as told_not_countable
from metrics
left join told_before
    on metrics.authority = told_before.authority and metrics.indicator_id = told_before.indicator_id
    and metrics.as_at = told_before.as_at and metrics.team = told_before.team and metrics.revision = told_before.revision
left join metrics as whole
    on metrics.authority = whole.authority and metrics.indicator_id = whole.indicator_id
    and metrics.as_at = whole.as_at and whole.team = 'ALL'
where metrics.team = 'ALL' or (
    gives_teams() and metrics.measures in ('share', 'count')
    and not is_small(if(whole.measures = 'count', whole.system_numerator, whole.system_denominator))
)
order by all
