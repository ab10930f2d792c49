-- One row per assessment and per child on a plan; a member is one that is overdue at the date and has been for longer than a manager has,
-- met where a manager looked at that child within so many working days of the day it was due.
with overdue_assessments as (
    select
        event_case(person_id, assessment_start_date, source_row) || '/assessment' as case_id,
        person_id, team, worker, assessment_start_date as began,
        add_working_days(assessment_start_date, $assess_within_working_days) as due_on,
        ['AS1', 'AS2', 'AS3'] as concerns,
        if(assessment_auth_date <= $as_at or assessment_start_date > $as_at, 'not_overdue', null) as outside,
        assessment_start_date is not null and assessment_auth_date_unusable is not true as countable,
        null as odd,
        delivery_id, source_row
    from cin_assessments
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

last_visits as (
    select
        cp_plans.delivery_id, cp_plans.source_row,
        last_event(
            cp_visit_date, cp_visit_date_unusable, null, cp_visits.extracted_on,
            cp_visits.delivery_id = cp_plans.delivery_id and cp_visits.source_row = cp_plans.source_row, $as_at
        ) as visit
    from cp_plans join cp_visits using (person_id)
    where cp_visits.cp_plan_start_date is not null
    group by cp_plans.delivery_id, cp_plans.source_row
),

overdue_visits as (
    select
        event_case(person_id, cp_plan_start_date, source_row) || '/visit' as case_id,
        person_id, team, worker, cp_plan_start_date as began,
        add_working_days(coalesce(decided_on(visit, extracted_on, $as_at), cp_plan_start_date), $visit_within_working_days) as due_on,
        ['PP1', 'PP2'] as concerns,
        if(outside_open(cp_plan_start_date, cp_plan_end_date, $as_at) is not null, 'not_overdue', null) as outside,
        open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, $as_at) is not null as countable,
        if(recorded_unusable(visit, extracted_on), 'unusable', if(is_overwritten(visit, extracted_on, $as_at), 'overtaken', null)) as odd,
        delivery_id, source_row
    from cp_plans left join last_visits using (delivery_id, source_row)
    qualify row_number() over (
        partition by person_id order by outside is not null, cp_plan_start_date is null, delivery_id desc, source_row desc
    ) = 1
),

together as (
    select * from overdue_assessments
    union all by name
    select * from overdue_visits
),

overdue as (
    select
        * exclude (outside),
        coalesce(outside, if(due_on >= $as_at and odd is distinct from 'unusable', 'not_overdue', null)) as outside,
        add_working_days(due_on, $look_within_working_days) as look_by
    from together
),

looked as (
    select case_id, min(look_date) as looked_on
    from overdue join management_looks using (person_id)
    where look_date between due_on and $as_at and (indicator_id is null or list_contains(concerns, upper(indicator_id)))
    group by case_id
),

cases as (
    select
        * exclude (outside),
        coalesce(outside, if(look_by >= $as_at and countable and odd is null, 'just_overdue', null)) as outside,
        coalesce(looked_on <= look_by, false) as met
    from overdue left join looked using (case_id)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, outside = 'just_overdue', countable, odd, met) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    began as starts_on,
    looked_on as decides_on,
    look_by as due_on,
    looked_on as done_on,
    delivery_id,
    source_row
from cases
