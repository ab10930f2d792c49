-- One row per headline figure and team that has owed a count within the year; counted are those that no longer owe one, the figure
-- being certified without it: counting by hand has ended there.
with cases as (
    select
        indicator_id, team, bool_or(is_owed and as_at = $as_at::date) as owes_now,
        bool_or(status = 'certified' and as_at = $as_at::date) as is_certified
    from own_figures
    where headline and as_at > years_before($as_at, 1)
    group by indicator_id, team
    having bool_or(is_owed)
),

judged as (
    select *, case when owes_now then 'still_owed' when not is_certified then 'not_certified' end as outside from cases
)

select
    indicator_id || '/' || team as case_id,
    null::varchar as child_id,
    team,
    null::varchar as worker,
    case_state(outside, false, true, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    null::date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    null::varchar as delivery_id,
    null::varchar as source_row
from judged
