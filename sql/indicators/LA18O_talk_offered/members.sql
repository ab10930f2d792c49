-- One row per child; a member is a child looked after at the as-at date that went missing in the twelve months.
with children as (
    select
        * exclude (outside),
        coalesce(
            outside,
            case
                when times = 0 then 'not_missing'
            end
        ) as outside
    from gone_missing('cla_episodes', 'missing', $as_at)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, if(times_unusable or offered = 'unknown', 'unusable', null), offered = 'yes') as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from children
