-- One row per team of the list of staff; its value is how many team managers began there in the twelve months to the date. Deputies
-- who are listed as team managers count as such.
with teams as (
    select
        nullif(professional_department, '') as team,
        count(*) filter (professional_role = 'team_manager' and role_start_date between $period_start and $as_at) as begun,
        count(*) filter (professional_role = 'team_manager' and coalesce(role_start_date <= $as_at, true)
            and coalesce(role_end_date >= $period_start, true)) as managers,
        bool_or(professional_role = 'team_manager' and role_start_date is null) as unclear,
        max(delivery_id) as delivery_id,
        max(source_row) as source_row
    from staff_at('professionals', $as_at)
    where professional_department <> ''
    group by all
)

select
    team as case_id,
    null::varchar as child_id,
    team,
    null::varchar as worker,
    case_state(null, false, true, if(unclear, 'unusable', null), managers > 0) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    null::varchar as outside,
    null::date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row,
    if(state = 'met', begun, null)::double as value
from teams
