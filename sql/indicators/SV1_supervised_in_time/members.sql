-- One row per worker; a member is one in post who holds cases and has been for longer than the interval, met where supervised within it.
-- In the assessed and supported year the interval is a week for six weeks, then a fortnight until six months are over.
with workers as (
    select
        * exclude (outside),
        case
            when not in_first_year or asye_start_date is null then $supervise_within_days
            when $as_at < asye_start_date + 42 then 7
            when $as_at < asye_start_date + to_months(6) then 14
            else $supervise_within_days
        end as every,
        coalesce(outside, if($as_at - role_start_date <= every, 'too_new', null)) as outside,
        coalesce($as_at - last_on <= every, false) as met
    from supervised_at('supervision', 'professionals', $as_at)
)

select
    worker_id as case_id,
    null::varchar as child_id,
    team,
    worker,
    case_state(outside, false, post_is_known, if(doubtful and not met, 'unusable', null), met) as state,
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
