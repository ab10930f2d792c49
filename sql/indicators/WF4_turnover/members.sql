-- One row per worker; a member is a social worker in the council's employ who was in post at the date or left in the twelve months to it.
-- The formula is the Department's: hours of leavers by hours in post at the end. A leaver has value and no weight, who stayed has weight
-- and no value, so that the weighted average is that share, per 100.
with workers as (
    select
        *,
        coalesce(role_end_date <= $as_at, false) as has_left,
        case
            when role_start_date > $as_at then 'not_begun'
            when role_end_date < $period_start then 'left_before'
            when agency_worker_flag = 'yes' then 'agency'
            when coalesce(professional_role, 'social_worker') not in (
                'social_worker', 'senior_practitioner', 'team_manager', 'middle_manager', 'senior_manager', 'qualified_without_cases'
            ) then 'other_role'
        end as outside
    from staff_at('professionals', $as_at)
)

select
    professional_id as case_id,
    null::varchar as child_id,
    team,
    professional_id as worker,
    case_state(outside, false, post_is_known, null, fte is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    role_start_date as starts_on,
    role_end_date as decides_on,
    null::date as due_on,
    if(has_left, role_end_date, null) as done_on,
    delivery_id,
    source_row,
    if(state = 'met', if(has_left, 100 * fte, 0), null)::double as value,
    if(state = 'met', if(has_left, 0, fte), null)::double as weight
from workers
