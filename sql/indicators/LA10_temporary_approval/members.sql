-- One row per placement in the register as it stands (as_it_stands); a member is a temporary approval open at the as-at date, met where
-- its sixteen weeks, or the eight more that were agreed in time, have not run out. Without an approval there is nothing that could hold.
with approvals as (
    from temporary_approvals('reg24_approvals', $as_at, $approval_days, $extension_days)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, odd, in_time) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    placement_start_date as starts_on,
    approval_date as decides_on,
    holds_until as due_on,
    if(approval_date <= $as_at, approval_date, null) as done_on,
    delivery_id,
    source_row
from approvals
