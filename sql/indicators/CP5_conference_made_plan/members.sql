-- One row per child and initial conference; a member is one held in the month whose outcome is known: as its source says, else by a plan
-- that began on the day.
with planned as (
    select distinct person_id, cp_plan_start_date as icpc_date, 'yes' as made_plan
    from cp_plans
    where cp_plan_start_date is not null
),

cases as (
    select
        held.*,
        event_case(person_id, icpc_date, source_row) as case_id,
        coalesce(icpc_outcome_cp, made_plan) as outcome_cp,
        case
            when icpc_date < $period_start or icpc_date > $as_at then 'not_in_period'
            when outcome_cp is null and icpc_date is not null then 'not_answered'
        end as outside
    from initial_cp_conference as held
    left join planned using (person_id, icpc_date)
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_answered', icpc_date is not null, null, outcome_cp = 'yes'
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    icpc_date as starts_on,
    icpc_date as decides_on,
    null::date as due_on,
    icpc_date as done_on,
    delivery_id,
    source_row
from cases
