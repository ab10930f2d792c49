-- As WF2, of workers in their assessed and supported year, with the lower cap of that year.
with workers as (
    select
        * exclude (outside),
        coalesce(outside, if(in_first_year, null, 'not_first_year')) as outside,
        $caseload_cap_first_year as cap,
        -- without hours only more than a whole worker's cap is sure to be too many
        cases > cap * coalesce(fte, 1) as over,
        cases + unclear_cases > cap * coalesce(fte, 0) as perhaps_over
    from caseloads_at('involvements', 'professionals', $as_at)
)

select
    worker_id as case_id,
    null::varchar as child_id,
    team,
    worker_id as worker,
    case_state(outside, false, post_is_known, if(perhaps_over and not over, 'unusable', null), over) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    role_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from workers
