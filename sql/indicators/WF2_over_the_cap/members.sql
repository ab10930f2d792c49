-- One row per worker; a member is one who holds a case at the date, met where it holds more than the cap, by its hours and its role.
-- Cases that can be read decide where they are too many already, or where all together are not.
with workers as (
    select
        *,
        by_kind($caseload_cap_by, professional_role) as cap,
        -- without hours only more than a whole worker's cap is sure to be too many
        cases > cap * coalesce(fte, 1) as over,
        cases + unclear_cases > cap * coalesce(fte, 0) as perhaps_over
    from caseloads_at('involvements', 'professionals', $as_at)
)

select
    worker_id as case_id,
    null::varchar as child_id,
    team,
    worker_id as worker,
    case_state(outside, false, post_is_known, if(perhaps_over and not over, 'unusable', null), over) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    role_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from workers
