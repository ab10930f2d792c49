-- One row per challenge of the log; a member is one raised in the month, met where it is closed by the date.
with cases as (
    select
        *,
        challenge_number as case_id,
        case when raised_date < $period_start then 'before' when raised_date > $as_at then 'after' end as outside
    from challenges
    qualify row_number() over (partition by case_id order by extracted_on desc, delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    null::varchar as worker,
    case_state(
        outside,
        false,
        raised_date is not null,
        if(closed_date_unusable, 'unusable', null),
        coalesce(closed_date <= $as_at, false)
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    raised_date as starts_on,
    raised_date as decides_on,
    due_date as due_on,
    if(answered_date <= $as_at, answered_date, null) as done_on,
    delivery_id,
    source_row
from cases
