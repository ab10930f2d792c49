-- One row per challenge of the log; a member is one whose answer fell due in the month, met where it was answered by then.
with cases as (
    select
        *,
        challenge_number as case_id,
        case
            when due_date is null and due_date_unusable is not true then 'no_due_date'
            when due_date < $period_start then 'before'
            when due_date > $as_at then 'after'
        end as outside,
        coalesce(answered_date <= due_date, false) as met
    from challenges
    qualify row_number() over (
        partition by case_id order by extracted_on desc, delivery_id desc, source_row desc
    ) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    null::varchar as worker,
    case_state(
        outside,
        outside = 'after' and coalesce(raised_date <= $as_at, true),
        due_date is not null,
        if(answered_date_unusable, 'unusable', null),
        met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    raised_date as starts_on,
    answered_date as decides_on,
    due_date as due_on,
    if(answered_date <= $as_at, answered_date, null) as done_on,
    delivery_id,
    source_row
from cases
