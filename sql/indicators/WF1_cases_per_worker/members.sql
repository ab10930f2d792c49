-- One row per worker; a member is one who holds a case at the date. Its value is its children, its weight its hours: the average
-- is children by full-time equivalents. Whose hours are not known has no value.
with workers as (
    select
        *
    from caseloads_at('involvements', 'professionals', $as_at)
)

select
    worker_id as case_id,
    null::varchar as child_id,
    team,
    worker_id as worker,
    case_state(outside, false, post_is_known, if(unclear_cases > 0, 'unusable', null), fte is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    role_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row,
    if(state = 'met', cases, null)::double as value,
    if(state = 'met', fte, null)::double as weight
from workers
