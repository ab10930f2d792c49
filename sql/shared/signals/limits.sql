-- Limits of each stretch of a series, as an XmR chart has them: mean ± 2.66 × mean moving range, where ranges of 3.267 × their mean and
-- more are screened out first. Where that leaves nothing but ranges of 0, a series that stood still but for a leap, all ranges count.
create or replace temp table signal_stretches as
select
    points.authority, points.indicator_id, points.team, points.as_at, points.value, points.better,
    coalesce(max(cuts.from_day), date '0001-01-01') as since
from signal_points as points
left join signal_cuts as cuts
    on points.authority = cuts.authority and points.as_at >= cuts.from_day
    and coalesce(cuts.indicator_id = points.indicator_id, true) and coalesce(cuts.team = points.team, true)
where points.value is not null
group by all;

create or replace temp table signal_limits as
with moves as (
    select *, abs(value - lag(value) over (partition by authority, indicator_id, team, since order by as_at)) as moved
    from signal_stretches
),
screened as (
    select *, avg(moved) over (partition by authority, indicator_id, team, since) as first_mean from moves
),
ranges as (
    select
        authority, indicator_id, team, since, count(*)::integer as points, avg(value) as centre, any_value(first_mean) as all_ranges,
        avg(moved) filter (where moved < $screen * first_mean) as kept_ranges
    from screened group by all
)
select * exclude (all_ranges, kept_ranges), coalesce(nullif(kept_ranges, 0), all_ranges) as mean_range
from ranges where points >= $least_points;
