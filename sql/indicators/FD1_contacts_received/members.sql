-- One row per child and day of contact; a member is a contact of the month.
with cases as (
    select
        *,
        event_case(person_id, contact_date, source_row) as case_id,
        if(contact_date between $period_start and $as_at or contact_date is null, null, 'not_in_period') as outside
    from contacts
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    null::varchar as team,
    null::varchar as worker,
    case_state(outside, false, contact_date is not null, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    contact_date as starts_on,
    contact_date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
