-- What each point of a series says, the first that holds: outside a limit, part of a trend of seven, one of two in three beyond two thirds
-- of the way to a limit, part of seven on one side of the mean. `whither` is 1 upwards, -1 downwards. A difference too small to be one
-- (a mean is rounded) is none.
create or replace temp table signal_findings as
with placed as (
    select
        points.*, limits.points, limits.centre, limits.mean_range, points.value - limits.centre as off,
        sign(points.value - lag(points.value) over stretch) as step,
        case when abs(off) > $nothing then sign(off) else 0 end as side,
        case when abs(off) > $reach * mean_range + $nothing then sign(off) else 0 end as outside,
        case when abs(off) > $close_to * mean_range + $nothing then sign(off) else 0 end as near
    from signal_stretches as points
    join signal_limits as limits
        on points.authority = limits.authority and points.indicator_id = limits.indicator_id and points.team = limits.team
        and points.since = limits.since
    window stretch as (partition by points.authority, points.indicator_id, points.team, points.since order by points.as_at)
),
ended as (
    select
        *,
        sum(step) over (stretch rows between 5 preceding and current row) as steps,
        sum(side) over (stretch rows between 6 preceding and current row) as sides,
        lag(near, 1, 0) over stretch = near or lag(near, 2, 0) over stretch = near
        or lead(near, 1, 0) over stretch = near or lead(near, 2, 0) over stretch = near as is_near_again
    from placed
    window stretch as (partition by authority, indicator_id, team, since order by as_at)
),
joined as (
    select
        *,
        first_value(case when abs(steps) = 6 then sign(steps) end ignore nulls)
            over (stretch rows between current row and 6 following) as trend,
        first_value(case when abs(sides) = 7 then sign(sides) end ignore nulls)
            over (stretch rows between current row and 6 following) as one_side
    from ended
    window stretch as (partition by authority, indicator_id, team, since order by as_at)
)
select
    authority, indicator_id, team, as_at, since, points, centre, mean_range,
    centre - $reach * mean_range as lower, centre + $reach * mean_range as upper,
    case
        when outside <> 0 then 'outside'
        when trend is not null then 'trend'
        when near <> 0 and is_near_again then 'two_of_three'
        when one_side is not null then 'one_side'
    end as signal,
    case signal when 'outside' then outside when 'trend' then trend when 'two_of_three' then near when 'one_side' then one_side else 0
    end::integer as whither,
    case
        when signal is null then 'common'
        when better = 'neither' then 'change'
        when (whither > 0) = (better = 'high') then 'improvement'
        else 'concern'
    end as judged
from joined;
