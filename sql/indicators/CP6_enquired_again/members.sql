-- One row per child about whom there was ever an enquiry; a member is a child with one in the month, by the last in it.
with listed as (
    select
        *,
        event_case(person_id, s47_start_date, source_row) as event_id,
        if(s47_start_date between $period_start and $as_at or s47_start_date is null, null, 'not_in_period') as outside
    from s47_enquiry
    qualify row_number() over (partition by event_id order by delivery_id desc, source_row desc) = 1
),

cases as (
    select
        *,
        lag(s47_start_date) over (partition by person_id order by s47_start_date) as earlier_on,
        s47_start_date = max(s47_start_date) over (partition by person_id) as is_latest,
        is_repeated(earlier_on, s47_start_date, is_latest, s47_last_12_months) as again
    from listed
    qualify row_number() over (
        partition by person_id
        order by outside is not null, s47_start_date is null, s47_start_date desc, delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, s47_start_date is not null,
        repeated_odd(again, is_latest, s47_last_12_months, s47_last_12_months_unusable),
        again
    ) as state,
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
