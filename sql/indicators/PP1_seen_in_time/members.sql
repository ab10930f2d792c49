-- One row per child that List 7 names; a member is a child on a plan at the as-at date for longer than the visiting interval.
-- A visit on a row without a plan start is a rejected row's, and says nothing.
with plans as (
    select
        *,
        by_kind($visit_within_working_days_by, latest_category) as every,
        coalesce(
            outside_open(cp_plan_start_date, cp_plan_end_date, $as_at),
            if(working_days(cp_plan_start_date, $as_at) <= every, 'too_new', null)
        ) as outside,
        open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, $as_at) as on_a_plan
    from cp_plans
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
        decided_on(visit, extracted_on, $as_at) as seen_on,
        coalesce(working_days(seen_on, $as_at) <= every, false) as met
    from plans
    left join visits using (delivery_id, source_row)
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
        outside, false, on_a_plan is not null,
        case when unusable then 'unusable' when overwritten and not met then 'overtaken' end, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    recorded as decides_on,
    add_working_days(coalesce(seen_on, cp_plan_start_date), every) as due_on,
    seen_on as done_on,
    delivery_id,
    source_row
from seen
