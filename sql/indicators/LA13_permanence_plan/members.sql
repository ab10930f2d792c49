-- One row per child; a member is a child looked after at the as-at date for four months or more, met where a plan says where it is to grow
-- up.
with children as (
    select
        care.* exclude (outside),
        coalesce(outside, if(cla_start_date > ($as_at::date - to_months($plan_within_months))::date, 'too_new', null)) as outside,
        coalesce(care.permanence_plan, plans.permanence_plan) is not null as planned
    from care_at('cla_episodes', $as_at) as care
    left join care_plan_at('cla_care_plan', $as_at) as plans using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, null, planned) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    cla_start_date as decides_on,
    (cla_start_date + to_months($plan_within_months))::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from children
