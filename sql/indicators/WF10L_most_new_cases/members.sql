-- One row per worker whom allocations name; a member is one who held a child in the month, its value the most new children within so
-- many days on end, of which the last lies in the month.
select
    professional_id as case_id,
    null::varchar as child_id,
    team,
    professional_id as worker,
    case_state(outside, false, true, if(unclear, 'unusable', null), true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    null::date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row,
    if(state = 'met', new_cases, null)::double as value
from most_new_cases('involvements', 'professionals', $period_start, $as_at, $within_days)
