-- One row per difference that stands at the date; measured is its age in working days since the event that it is about.
with cases as (
    select break_id, team, event_date, if(state = 'open', null, 'not_open') as outside,
        working_days(if(event_date >= date '1990-01-01', least(event_date, $as_at::date), null), $as_at)::double as age
    from own_differences
    where as_at = $as_at::date
    qualify row_number() over (partition by break_id order by state = 'open' desc, team = 'ALL', team) = 1
)

select
    break_id as case_id,
    null::varchar as child_id,
    if(team = 'ALL', null, team) as team,
    null::varchar as worker,
    case_state(outside, false, true, null, age is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    null::date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    null::varchar as delivery_id,
    null::varchar as source_row,
    if(state = 'met', age, null) as value
from cases
