-- One row per figure that a team has counted by hand; measured is how many cases its count and the system's lie apart.
with cases as (
    select indicator_id, team, abs(manual_numerator - numerator)::double as apart
    from own_figures
    where as_at = $as_at::date and team <> 'ALL' and manual_numerator is not null
)

select
    indicator_id || '/' || team as case_id,
    null::varchar as child_id,
    team,
    null::varchar as worker,
    null::varchar as outside,
    case_state(outside, false, true, null, apart is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    null::date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    null::varchar as delivery_id,
    null::varchar as source_row,
    apart as value
from cases
