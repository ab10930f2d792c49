-- One row per section 47 enquiry; a member is an enquiry of the month, whatever came of it.
with cases as (
    select
        *,
        event_case(person_id, s47_start_date, source_row) as case_id,
        if(s47_start_date between $period_start and $as_at or s47_start_date is null, null, 'not_in_period') as outside
    from s47_enquiry
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, s47_start_date is not null, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    s47_start_date as starts_on,
    s47_start_date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
