-- One row per section 47 enquiry; a member is an enquiry of the month on which is decided: a conference held or to be held, or none needed.
with cases as (
    select
        *,
        event_case(person_id, s47_start_date, source_row) as case_id,
        coalesce(icpc_date <= $as_at or icpc_date_unusable, false) as conferred,
        not conferred and icpc_unnecessary = 'yes' and coalesce(s47_end_date <= $as_at, true) as unnecessary,
        case
            when s47_start_date < $period_start or s47_start_date > $as_at then 'not_in_period'
            when
                not conferred and unnecessary is not true and coalesce(icpc_unnecessary <> 'no', true)
                and icpc_unnecessary_unusable is not true then 'not_decided'
        end as outside
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
        outside = 'not_decided' and s47_start_date is not null,
        s47_start_date is not null and (conferred or icpc_unnecessary is not null),
        null,
        unnecessary
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    s47_start_date as starts_on,
    s47_start_date as decides_on,
    null::date as due_on,
    if(icpc_date <= $as_at, icpc_date, null) as done_on,
    delivery_id,
    source_row
from cases
