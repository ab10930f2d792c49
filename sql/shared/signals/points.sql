-- Every month-end position of every published series. A figure that was not reliable enough, or has no value, takes no part in limits
-- and signals: it stands in the series as a point without a value to judge.
create or replace temp table signal_points as
select
    authority, indicator_id, team, as_at, title, unit, case_unit, better, system_numerator as numerator, system_denominator as denominator,
    system_value as recorded, case when status <> 'withheld' then system_value end as value, range_low, range_high, status, reconstructed
from main.metrics
where as_at = last_day(as_at);

-- Where a series begins anew: a system's go-live, an inspection or a visit, for all of an authority's series; a person's rebase, for one.
create or replace temp table signal_cuts as
select authority, null::varchar as indicator_id, null::varchar as team, happened_on as from_day from signal_events where kind <> 'other'
union all
select unnest($rebases::struct (authority varchar, indicator_id varchar, team varchar, from_day date)[], max_depth := 2);
