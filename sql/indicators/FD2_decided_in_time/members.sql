-- One row per child and day of contact; a member is a contact whose decision fell due in the month, taken or not.
with contacts_due as (
    select
        *,
        event_case(person_id, contact_date, source_row) as case_id,
        add_working_days(contact_date, $decide_within_working_days) as due_on
    from contact_decisions
),

cases as (
    select
        *,
        if(contact_date is null or due_on between $period_start and $as_at, null, 'due_outside_period') as outside
    from contacts_due
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, contact_date is not null,
        if(decision_date_unusable, 'unusable', null),
        decision_date <= due_on
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    contact_date as starts_on,
    decision_date as decides_on,
    due_on,
    if(decision_date <= $as_at, decision_date, null) as done_on,
    delivery_id,
    source_row
from cases
