-- Counts as rates per 10,000 children, of an authority as a whole: by the newest population whose mid-year had come by the figure's date.
-- Rounded to one decimal, a half away from nought. Without a population there is no row; of a figure that is not reliable enough to
-- report there is no rate.
create or replace table main.rates as
select
    metrics.authority, metrics.indicator_id, metrics.as_at, metrics.team,
    case when metrics.status <> 'withheld' then round($per * metrics.system_numerator / people.number, 1) end as rate,
    case when metrics.status <> 'withheld' then round($per * metrics.range_low / people.number, 1) end as rate_low,
    case when metrics.status <> 'withheld' then round($per * metrics.range_high / people.number, 1) end as rate_high,
    people.number as population, people.of_whom as population_of, people.year as population_year, people.source as population_source
from metrics
join rated_said as rated on metrics.indicator_id = rated.indicator_id
join populations_said as people
    on metrics.authority = people.authority and rated.of_whom = people.of_whom and people.since <= metrics.as_at
where metrics.team = 'ALL' and metrics.measures = 'count'
qualify row_number() over (partition by metrics.authority, metrics.indicator_id, metrics.as_at order by people.year desc) = 1;
