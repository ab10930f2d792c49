-- One row per child whom allocations name; a member is one held at the date, its value the workers of the months before, less one.
select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, not perhaps_held, if(unclear, 'unusable', null), true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    involvement_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row,
    if(state = 'met', greatest(workers - 1, 0), null)::double as value
from worker_changes('involvements', 'professionals', $as_at, $over_months)
