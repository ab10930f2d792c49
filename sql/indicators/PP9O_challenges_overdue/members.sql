-- One row per challenge and child, as the newest extract has it; a member is a conference chair's challenge open at the as-at date,
-- met where its time to be resolved has run out.
with challenged as (
    select
        *,
        challenge_number || coalesce('/' || person_id, '') as case_id,
        add_working_days(raised_date, $resolve_within_working_days) as due_on,
        closed_date <= $as_at as is_closed
    from challenges
    qualify row_number() over (partition by case_id order by extracted_on desc, delivery_id desc, source_row desc) = 1
),

cases as (
    select
        *,
        case
            when coalesce(challenge_kind <> 'chair', true) and challenge_kind_unusable is not true then 'other_kind'
            when is_closed then 'resolved'
            when raised_date > $as_at then 'not_begun'
        end as outside
    from challenged
)

select
    case_id,
    person_id as child_id,
    team,
    null::varchar as worker,
    case_state(
        outside, false,
        raised_date is not null and challenge_kind_unusable is not true and closed_date_unusable is not true, null, due_on < $as_at
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    raised_date as starts_on,
    raised_date as decides_on,
    due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
