-- One row per child that List 7 names; a member is a child whose plan started in the month that ends at the as-at date, open or not.
with cases as (
    select
        *,
        if(cp_plan_start_date < $period_start or cp_plan_start_date > $as_at, 'not_in_period', null) as outside
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
    case_state(
        outside, false, cp_plan_start_date is not null,
        if(previous_plans_unusable, 'unusable', null),
        previous_plans >= $previous_plans_at_least
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    cp_plan_start_date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
