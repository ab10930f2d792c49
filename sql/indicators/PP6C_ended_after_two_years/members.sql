-- One row per plan; a member is a plan that ended in the month, met where it had lasted two years or more.
with plans as (
    select *
    from cp_plans
    qualify
        row_number() over (partition by person_id, cp_plan_start_date order by delivery_id desc, source_row desc) = 1
        and (cp_plan_start_date is not null or count(cp_plan_start_date) over (partition by person_id) = 0)
),

cases as (
    select
        *,
        event_case(person_id, cp_plan_start_date, source_row) as case_id,
        case
            when cp_plan_end_date < $period_start then 'not_in_period'
            when cp_plan_start_date > $as_at then 'not_begun'
            when cp_plan_end_date > $as_at or (cp_plan_end_date is null and cp_plan_end_date_unusable is not true) then 'not_ended'
        end as outside
    from plans
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, cp_plan_start_date is not null and cp_plan_end_date is not null, null,
        cp_plan_start_date <= years_before(cp_plan_end_date, $two_years)
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    cp_plan_end_date as decides_on,
    null::date as due_on,
    if(cp_plan_end_date <= $as_at, cp_plan_end_date, null) as done_on,
    delivery_id,
    source_row
from cases
