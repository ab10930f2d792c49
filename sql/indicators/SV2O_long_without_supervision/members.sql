-- One row per worker; a member is one in post who holds cases, met where the last supervision, or without one the start in post, is too
-- long ago.
with workers as (
    select
        * exclude (outside),
        $too_long_days as every,
        coalesce(outside, if(last_on is null and $as_at - role_start_date <= every, 'too_new', null)) as outside,
        coalesce($as_at - coalesce(last_on, role_start_date) > every, true) as met
    from supervised_at('supervision', 'professionals', $as_at)
)

select
    worker_id as case_id,
    null::varchar as child_id,
    team,
    worker,
    case_state(outside, false, post_is_known, if(doubtful and met, 'unusable', null), met) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    role_start_date as starts_on,
    last_on as decides_on,
    coalesce(last_on, role_start_date) + every as due_on,
    last_on as done_on,
    delivery_id,
    source_row
from workers
