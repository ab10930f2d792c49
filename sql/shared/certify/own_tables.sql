-- What this product's own indicators are made of: the figures and differences of this very publication, position by position. Own figures
-- are not among them.
create or replace temp table own_figure_rows as
with history as (
    select unnest($history::struct(
        authority varchar, indicator_id varchar, as_at date, team varchar, revision integer, system_numerator integer,
        system_denominator integer, system_value double
    )[], max_depth := 2)
),
first_published as (
    select authority, indicator_id, as_at, team,
        coalesce(system_value, system_numerator / nullif(coalesce(system_denominator, 1), 0)::double) as first_value
    from history
    qualify row_number() over (partition by authority, indicator_id, as_at, team order by revision) = 1
)
select
    metrics.authority, metrics.indicator_id, metrics.team, metrics.as_at, metrics.headline, metrics.unit, metrics.status,
    metrics.system_value as value, metrics.system_numerator as numerator, metrics.manual_numerator,
    coalesce(first_published.first_value, metrics.system_value) as first_value,
    owes.team is not null as is_owed
from main.metrics as metrics
left join first_published
    on metrics.authority = first_published.authority and metrics.indicator_id = first_published.indicator_id
    and metrics.as_at = first_published.as_at and metrics.team = first_published.team
left join facts.owes as owes
    on metrics.authority = owes.authority and metrics.indicator_id = owes.indicator_id and metrics.as_at = owes.as_at
    and metrics.team = owes.team;

create or replace temp table own_difference_rows as
select
    authority, break_id, indicator_id, team, as_at, any_value(reason order by measure) as reason,
    case when bool_or(state = 'open') then 'open' when bool_or(state = 'decided') then 'decided' else 'closed' end as state,
    min(coalesce(event_date, decides_on)) as event_date
from main.breaks
where kind = 'case'
group by authority, break_id, indicator_id, team, as_at;
