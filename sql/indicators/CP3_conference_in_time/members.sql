-- One row per section 47 enquiry; a member is an enquiry whose initial conference was held in the month that ends at the as-at date.
with cases as (
    select
        *,
        event_case(person_id, s47_start_date, source_row) as case_id,
        case
            when icpc_date < $period_start then 'not_in_period'
            when icpc_date <= $as_at or icpc_date_unusable then null
            when s47_start_date > $as_at then 'not_begun'
            when icpc_date > $as_at then 'held_later'
            when icpc_unnecessary = 'yes' and coalesce(s47_end_date <= $as_at, true) then 'decided_unnecessary'
            else 'not_held'
        end as outside,
        working_days(s47_start_date, icpc_date) <= $confer_within_working_days as met
    from s47_enquiry
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside in ('held_later', 'not_held') and s47_start_date is not null,
        s47_start_date is not null and icpc_date is not null,
        null,
        met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    s47_start_date as starts_on,
    icpc_date as decides_on,
    add_working_days(s47_start_date, $confer_within_working_days) as due_on,
    if(icpc_date <= $as_at, icpc_date, null) as done_on,
    delivery_id,
    source_row
from cases
