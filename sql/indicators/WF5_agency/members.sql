-- One row per worker; a member is a social worker in post at the date, of the council or of an agency. An agency worker has the value
-- 100 and one of the council none, each weighing its hours, so that the weighted average is the agency's share, per 100.
with workers as (
    select
        *,
        coalesce(
            outside_post,
            if(coalesce(professional_role, 'social_worker') not in (
                'social_worker', 'senior_practitioner', 'team_manager', 'middle_manager', 'senior_manager', 'qualified_without_cases'
            ), 'other_role', null)
        ) as outside
    from staff_at('professionals', $as_at)
)

select
    professional_id as case_id,
    null::varchar as child_id,
    team,
    professional_id as worker,
    case_state(outside, false, post_is_known, null, fte is not null and agency_worker_flag is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    role_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row,
    if(state = 'met', if(agency_worker_flag = 'yes', 100, 0), null)::double as value,
    if(state = 'met', fte, null)::double as weight
from workers
