-- One row per allocation that began; a member is one of the month, met where something of the child was overdue on that day: an open
-- assessment, an enquiry without conference or decision, or, where every visit is kept, a visit to a child on a plan.
with begun as (
    select *, event_case(person_id, involvement_start_date, source_row) as case_id
    from allocations_of_record('involvements', 'professionals')
    qualify row_number() over (partition by case_id order by professional_id is null, delivery_id desc, source_row desc) = 1
),

late_assessments as (
    select distinct case_id
    from begun join cin_assessments using (person_id)
    where working_days(assessment_start_date, involvement_start_date) > $assess_within_working_days
        and coalesce(assessment_auth_date > involvement_start_date, assessment_auth_date_unusable is not true)
),

late_enquiries as (
    select distinct case_id
    from begun join s47_enquiry using (person_id)
    where working_days(s47_start_date, involvement_start_date) > $confer_within_working_days
        and coalesce(icpc_date > involvement_start_date, icpc_date_unusable is not true)
        and coalesce(s47_end_date > involvement_start_date, true)
        and icpc_unnecessary is distinct from 'yes'
),

late_visits as (
    select case_id
    from begun
    join cp_plans as plans using (person_id)
    join visits using (person_id)
    where working_days(plans.cp_plan_start_date, involvement_start_date) > $visit_within_working_days
        and coalesce(cp_plan_end_date > involvement_start_date, cp_plan_end_date_unusable is not true)
        and visit_date <= involvement_start_date and coalesce(visit_type, 'cp') = 'cp' and status is distinct from 'draft'
    group by case_id, involvement_start_date
    having working_days(max(visit_date), involvement_start_date) > $visit_within_working_days
),

late as (
    select case_id from late_assessments
    union
    select case_id from late_enquiries
    union
    select case_id from late_visits
),

cases as (
    select
        begun.*,
        case when involvement_start_date < $period_start then 'before' when involvement_start_date > $as_at then 'after' end as outside,
        late.case_id is not null as met
    from begun
    left join late using (case_id)
)

select
    case_id,
    person_id as child_id,
    professional_team as team,
    professional_id as worker,
    case_state(outside, false, involvement_start_date is not null, null, met) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    involvement_start_date as starts_on,
    involvement_start_date as decides_on,
    null::date as due_on,
    if(outside is null, involvement_start_date, null) as done_on,
    delivery_id,
    source_row
from cases
