-- What was planted, as members of both bases, counts and lists. At hand stood what is on record now, where nothing else is said.
create or replace temp table both_bases as
select 'now' as basis, * from main.on_record
union all
select 'at_hand', * from main.on_record_then
union all
select 'at_hand', now.* from main.on_record as now
where not exists (
    select 1 from main.on_record_then as earlier
    where earlier.indicator_id = now.indicator_id and earlier.child_id = now.child_id
);

insert into facts.members by name
select 'CONTROL' as authority, indicator_id, day_before(0) as as_at, basis, coalesce(case_id, child_id) as case_id, child_id, team,
    in_denominator, in_numerator, state, outside, day_before(began) as starts_on, day_before(decided) as decides_on,
    day_before(due) as due_on, day_before(done) as done_on
from both_bases where in_denominator is not null;

insert into typed.manual_lists by name
select
    'CONTROL' as authority, 'control' as delivery_id, 1 as delivery_seq,
    (row_number() over (order by team, case_id))::integer as row_number, indicator_id, day_before(0) as as_at,
    case_id, in_denominator, in_numerator, if(in_numerator, day_before(event), null) as event_date,
    day_before(-1) as counted_at, team
from main.in_lists;

insert into typed.manual_counts by name
with listed as (
    select indicator_id, team, count(*) filter (in_numerator) as n, count(*) filter (in_denominator) as d from main.in_lists group by all
)
select 'CONTROL' as authority, 'control' as delivery_id, 1 as delivery_seq, (row_number() over ())::integer as row_number,
    coalesce(listed.indicator_id, more.indicator_id) as indicator_id, day_before(0) as as_at, coalesce(more.unit, 'child') as unit,
    (coalesce(listed.n, 0) + coalesce(more.numerator, 0))::integer as numerator,
    (coalesce(listed.d, 0) + coalesce(more.denominator, 0))::integer as denominator, day_before(-1) as counted_at,
    coalesce(listed.team, more.team) as team
from listed full join main.more_counted as more on listed.indicator_id = more.indicator_id and listed.team = more.team
where coalesce(listed.indicator_id, more.indicator_id) <> 'ZZ2'
union all
select 'CONTROL', 'control', 1, 9000, 'ZZ2', day_before(0), 'event', n::integer, d::integer, day_before(-1), team
from listed where indicator_id = 'ZZ2';
