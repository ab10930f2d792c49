-- One row per section 47 enquiry; a member is an enquiry whose conference fell due in the month, held or not. None falls due where it was
-- decided to be unnecessary, or where the child was on a plan on the day of the discussion; one that was held fell due all the same.
with enquiries as (
    select
        *,
        event_case(person_id, s47_start_date, source_row) as case_id,
        add_working_days(s47_start_date, $confer_within_working_days) as due_on
    from s47_enquiry
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

cases as (
    select
        enquiries.*,
        coalesce(icpc_date <= $as_at or icpc_date_unusable, false) as conferred,
        case when some_plan then true when unknown_plan then null else false end as on_plan,
        case
            when s47_start_date is null then null
            when due_on < $period_start or due_on > $as_at then 'due_outside_period'
            when conferred then null
            when icpc_unnecessary = 'yes' and coalesce(s47_end_date <= $as_at, true) then 'decided_unnecessary'
            when on_plan then 'on_plan_at_discussion'
        end as outside
    from enquiries
    left join plan_days('s47_enquiry', 'cp_plans') using (person_id, s47_start_date)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false,
        s47_start_date is not null and (conferred or (on_plan is not null and icpc_unnecessary_unusable is not true)),
        if(icpc_date_unusable, 'unusable', null),
        icpc_date <= due_on
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    s47_start_date as starts_on,
    icpc_date as decides_on,
    due_on,
    if(icpc_date <= $as_at, icpc_date, null) as done_on,
    delivery_id,
    source_row
from cases
