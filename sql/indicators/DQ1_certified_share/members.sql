-- One row per figure of the authority as a whole at the date; met where it is certified.
with cases as (
    select indicator_id, status, if(as_at = $as_at::date, null, 'another_date') as outside
    from own_figures
    where team = 'ALL'
    qualify row_number() over (partition by indicator_id order by as_at = $as_at::date desc, as_at desc) = 1
)

select
    indicator_id as case_id,
    null::varchar as child_id,
    null::varchar as team,
    null::varchar as worker,
    case_state(outside, false, true, null, status = 'certified') as state,
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
