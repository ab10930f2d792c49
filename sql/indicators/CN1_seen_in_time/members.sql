-- One row per child with an episode of need; a member is a child on a child in need plan for longer than the visiting interval. What
-- stands beside an episode without a start is a rejected row's, and says nothing.
with children as (
    select
        *,
        coalesce(outside_plan, if(working_days(plan_on, $as_at) <= $visit_within_working_days, 'too_new', null)) as outside
    from need_plans('cin_episodes', 'cin_plans', $as_at)
),

visited as (
    select
        children.person_id,
        last_event(
            cin_visit_date, cin_visit_date_unusable, null, cin_visits.extracted_on,
            cin_visits.delivery_id = children.delivery_id and cin_visits.source_row = children.source_row, $as_at
        ) as visit
    from children
    join cin_visits on children.person_id = cin_visits.person_id
    where cin_visits.cin_start_date is not null or cin_visits.contract <> children.contract
    group by children.person_id
),

seen as (
    select
        children.*,
        recorded_on(visit, extracted_on) as recorded,
        recorded_unusable(visit, extracted_on) as unusable,
        is_overwritten(visit, extracted_on, $as_at) as overwritten,
        decided_on(visit, extracted_on, $as_at) as seen_on,
        coalesce(working_days(seen_on, $as_at) <= $visit_within_working_days, false) as met
    from children
    left join visited using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'too_new', on_plan is not null,
        case when unusable then 'unusable' when overwritten and not met then 'overtaken' end, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    plan_on as starts_on,
    recorded as decides_on,
    add_working_days(coalesce(seen_on, plan_on), $visit_within_working_days) as due_on,
    seen_on as done_on,
    delivery_id,
    source_row
from seen
