-- Figures watched week by week, as they are published: those whose figure at the newest date is reliable enough to report. A team's week
-- without anybody to count is absent.
create or replace table main.weekly as
select
    weekly.authority, weekly.indicator_id, metrics.title, weekly.week_end, weekly.first_day,
    (datediff('day', weekly.first_day, weekly.week_end) + 1) // 7 as weeks,
    coalesce(list_value('one week', 'two weeks', 'three weeks', 'four weeks')[weeks], weeks || ' weeks') || ' to '
    || strftime(weekly.week_end, '%-d %B %Y') as period_says,
    weekly.team, metrics.unit, metrics.case_unit, weekly.numerator, weekly.denominator,
    if(metrics.unit = 'count', weekly.numerator::double, weekly.numerator / nullif(weekly.denominator, 0)::double) as value
from facts.weekly as weekly
join main.metrics as metrics
    on weekly.authority = metrics.authority and weekly.indicator_id = metrics.indicator_id and weekly.newest = metrics.as_at
    and metrics.team = 'ALL'
where metrics.status <> 'withheld';

alter table main.weekly alter weeks type integer;
