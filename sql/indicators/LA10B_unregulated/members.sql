-- One row per placement in the register as it stands (as_it_stands); a member is a temporary approval open at the as-at date that no
-- longer holds, or was never given.
with approvals as (
    select * exclude (outside), coalesce(outside, if(in_time and countable, 'in_time', null)) as outside
    from temporary_approvals('reg24_approvals', $as_at, $approval_days, $extension_days)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, odd, true) as state,
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
