-- One row per early help episode; a member is one that is open at the date, met where it has been open for longer than the limit.
with cases as (
    select
        *,
        event_case(person_id, episode_start_date, source_row) as case_id,
        outside_open(episode_start_date, episode_end_date, $as_at) as outside,
        open_at(episode_start_date, episode_end_date, episode_end_date_unusable, $as_at) as is_open,
        ($as_at::date - episode_start_date) > 7 * $open_for_weeks as drifts
    from early_help_episodes
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, is_open is not null, null, drifts) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    episode_start_date as starts_on,
    episode_start_date as decides_on,
    episode_start_date + 7 * $open_for_weeks::integer as due_on,
    if(episode_end_date <= $as_at, episode_end_date, null) as done_on,
    delivery_id,
    source_row
from cases
