-- One row per section 47 enquiry; a member is an enquiry that stood without conference or decision at the as-at date, met where for
-- too long. A child who was on a plan on the day of the discussion needs no conference.
with plan_days as (
    select
        s47_enquiry.person_id,
        s47_start_date,
        bool_or(open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, s47_start_date)) as some_plan,
        bool_or(open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, s47_start_date) is null) as unknown
    from s47_enquiry
    join cp_plans using (person_id)
    group by all
),

cases as (
    select
        s47_enquiry.*,
        event_case(person_id, s47_start_date, source_row) as case_id,
        case when some_plan then true when unknown then null else false end as on_plan,
        case
            when s47_start_date > $as_at then 'not_begun'
            when icpc_date <= $as_at then 'conference_held'
            when icpc_unnecessary = 'yes' and coalesce(s47_end_date <= $as_at, true) then 'decided_unnecessary'
            when on_plan then 'on_plan_at_discussion'
        end as outside,
        s47_start_date is not null
        and on_plan is not null
        and icpc_date_unusable is not true
        and icpc_unnecessary_unusable is not true as countable,
        working_days(s47_start_date, $as_at) > $confer_within_working_days as overdue
    from s47_enquiry
    left join plan_days using (person_id, s47_start_date)
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, null, overdue) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    s47_start_date as starts_on,
    s47_start_date as decides_on,
    add_working_days(s47_start_date, $confer_within_working_days) as due_on,
    if(icpc_date <= $as_at, icpc_date, null) as done_on,
    delivery_id,
    source_row
from cases
