-- One row per difference that was open at the position before; a member is one that is open no longer, met where it went by itself:
-- the record or the list was put right, and nobody had to decide.
with before as (
    select break_id, team
    from own_differences
    where as_at = (select max(earlier.as_at) from own_differences as earlier where earlier.as_at < $as_at::date) and state = 'open'
    qualify row_number() over (partition by break_id order by team = 'ALL', team) = 1
),

now as (
    select break_id, bool_or(state = 'open') as is_open, bool_or(state = 'decided') as is_decided
    from own_differences
    where as_at = $as_at::date
    group by break_id
),

cases as (
    select before.break_id, before.team, coalesce(now.is_decided, false) as is_decided, if(now.is_open, 'still_open', null) as outside
    from before
    left join now on before.break_id = now.break_id
)

select
    break_id as case_id,
    null::varchar as child_id,
    if(team = 'ALL', null, team) as team,
    null::varchar as worker,
    case_state(outside, false, true, null, not is_decided) as state,
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
