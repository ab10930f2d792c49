-- One row per worker; a member is one in post who holds cases, its value the days since the last supervision; who never was has none.
with workers as (
    select
        * exclude (outside),
        $supervise_within_days as every,
        coalesce(outside, if(last_on is null and $as_at - role_start_date <= every, 'too_new', null)) as outside
    from supervised_at('supervision', 'professionals', $as_at)
)

select
    worker_id as case_id,
    null::varchar as child_id,
    team,
    worker,
    case_state(outside, false, post_is_known, if(doubtful, 'unusable', null), last_on is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    role_start_date as starts_on,
    last_on as decides_on,
    null::date as due_on,
    last_on as done_on,
    delivery_id,
    source_row,
    if(state = 'met', $as_at - last_on, null)::double as value
from workers
