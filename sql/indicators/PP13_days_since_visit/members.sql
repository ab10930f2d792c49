-- One row per child that List 7 names; a member is a child on a plan at the as-at date for longer than the visiting interval. The value is
-- how many days the last visit lies back; a child never visited has none. An extract from before the date proves no number: the child may
-- have been seen since.
with plans as (
    select *, by_kind($visit_within_working_days_by, latest_category) as every from plan_of_child('cp_plans', $as_at)
),

visits as (
    select
        plans.delivery_id,
        plans.source_row,
        last_event(
            cp_visit_date, cp_visit_date_unusable, null, cp_visits.extracted_on,
            cp_visits.delivery_id = plans.delivery_id and cp_visits.source_row = plans.source_row, $as_at
        ) as visit
    from plans
    join cp_visits using (person_id)
    where cp_visits.cp_plan_start_date is not null
    group by plans.delivery_id, plans.source_row
),

seen as (
    select
        plans.*,
        recorded_on(visit, extracted_on) as recorded,
        recorded_unusable(visit, extracted_on) as unusable,
        is_overwritten(visit, extracted_on, $as_at) as overwritten,
        decided_on(visit, extracted_on, $as_at) as last_on
    from plans
    left join visits using (delivery_id, source_row)
),

cases as (
    select
        *,
        last_on is not null as met,
        coalesce(not_open, if(working_days(cp_plan_start_date, $as_at) <= every, 'too_new', null)) as outside
    from seen
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, on_a_plan is not null,
        case when unusable then 'unusable' when overwritten then 'overtaken' end, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    recorded as decides_on,
    add_working_days(coalesce(last_on, cp_plan_start_date), every) as due_on,
    last_on as done_on,
    if(state = 'met', $as_at - last_on, null)::double as value,
    delivery_id,
    source_row
from cases
