-- One row per child that List 7 names; a member is a child on a plan at the as-at date.
with cases as (
    select
        *,
        outside_open(cp_plan_start_date, cp_plan_end_date, $as_at) as outside,
        open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, $as_at) as on_a_plan
    from cp_plans
    qualify row_number() over (
        partition by person_id order by outside is not null, cp_plan_start_date is null, delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, on_a_plan is not null, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
