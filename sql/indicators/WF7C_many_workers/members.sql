-- One row per child whom allocations name; a member is one held at the date, met where enough workers held it in the months before.
select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        false,
        not perhaps_held,
        if(unclear and workers < $many_workers, 'unusable', null),
        workers >= $many_workers
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    involvement_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from worker_changes('involvements', 'professionals', $as_at, $over_months)
