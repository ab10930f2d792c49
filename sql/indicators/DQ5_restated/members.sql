-- One row per figure of the last twelve months, for the authority as a whole; met where it now differs from what was first published:
-- a share by more than a point, anything else by more than one in a hundred.
with cases as (
    select
        indicator_id, as_at, value, first_value, if(as_at > years_before($as_at, 1), null, 'over_a_year_ago') as outside,
        abs(value - first_value) > if(unit = 'percent', $moved_by, $moved_by * abs(first_value)) + 1e-9 as moved
    from own_figures
    where team = 'ALL' and status <> 'withheld' and value is not null and first_value is not null
)

select
    indicator_id || '/' || strftime(as_at, '%Y-%m-%d') as case_id,
    null::varchar as child_id,
    null::varchar as team,
    null::varchar as worker,
    case_state(outside, false, true, null, moved) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    null::date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    null::varchar as delivery_id,
    null::varchar as source_row
from cases
