-- As WF1, of workers in their assessed and supported year.
with workers as (
    select
        * exclude (outside),
        coalesce(outside, if(in_first_year, null, 'not_first_year')) as outside
    from caseloads_at('involvements', 'professionals', $as_at)
)

select
    worker_id as case_id,
    null::varchar as child_id,
    team,
    worker_id as worker,
    case_state(outside, false, post_is_known, if(unclear_cases > 0, 'unusable', null), fte is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    role_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row,
    if(state = 'met', cases, null)::double as value,
    if(state = 'met', fte, null)::double as weight
from workers
