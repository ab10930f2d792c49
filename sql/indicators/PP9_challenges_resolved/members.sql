-- One row per challenge and child, as the newest extract has it; a member is a conference chair's challenge whose time to be resolved
-- ran out in the period, met where it was resolved by then.
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
            when due_on > $as_at then 'not_due'
            when due_on < $period_start then 'not_in_period'
        end as outside
    from challenged
)

select
    case_id,
    person_id as child_id,
    team,
    null::varchar as worker,
    case_state(
        outside, outside = 'not_due' and raised_date <= $as_at and is_closed is not true,
        raised_date is not null and challenge_kind_unusable is not true, if(closed_date_unusable, 'unusable', null), closed_date <= due_on
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    raised_date as starts_on,
    closed_date as decides_on,
    due_on,
    if(is_closed, closed_date, null) as done_on,
    delivery_id,
    source_row
from cases
