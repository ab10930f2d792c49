-- One row per child with an episode of need; a member is a child on a child in need plan, met where it has been open for too long. Where no
-- list has the plan's start, an episode younger than that says that the plan is younger too; an older one says nothing.
with cases as (
    select
        *,
        outside_plan as outside,
        ($as_at::date - to_months($open_for_months::integer))::date as since
    from need_plans('cin_episodes', 'cin_plans', $as_at)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, on_plan is not null, if(open_since is null and plan_on <= since, 'unusable', null), plan_on <= since
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    plan_on as starts_on,
    open_since as decides_on,
    (plan_on + to_months($open_for_months::integer))::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
