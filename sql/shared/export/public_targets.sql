-- Targets of the figures that the public is given rows of (public_metrics.sql). A team has a target row only where it has a figure: the
-- target of a team whose row is left out would say that somebody is there.
select targets.*
from targets
join metrics
    on targets.authority = metrics.authority and targets.indicator_id = metrics.indicator_id
    and targets.as_at = metrics.as_at and targets.team = metrics.team
left join metrics as whole
    on metrics.authority = whole.authority and metrics.indicator_id = whole.indicator_id
    and metrics.as_at = whole.as_at and whole.team = 'ALL'
where metrics.team = 'ALL' or (
    gives_teams() and metrics.measures in ('share', 'count')
    and not is_small(if(whole.measures = 'count', whole.system_numerator, whole.system_denominator))
)
