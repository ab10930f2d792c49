-- Figures of which one check each must not hold, named after it, beside one (sound) of which all do. In `sound` and all others five
-- differences are decided; in `reconciled` what was decided on has changed since. CONTROLLED is the shadow's position with its controls
-- passed; a figure of a position whose controls did not pass may not be certified, nor one of a position without any.
truncate facts.members;
truncate facts.items;
truncate facts.claims;
truncate facts.bridges;
truncate facts.figures;
create or replace table main.control_figures as
select made.figure, made.check_name, coalesce(made.authority, 'CONTROL') as authority from (values
    ('sound', '', null), ('delivered', 'delivered', null), ('stale', 'delivered', null), ('valid', 'valid', null),
    ('unruled', 'valid', null), ('reconciled', 'reconciled', null), ('unexplained', 'reconciled', null), ('misread', 'reconciled', null),
    ('counted', 'counted', null),
    ('plausible', 'plausible', null), ('checked', 'checked', null), ('signed', 'signed', null), ('lapsed', 'signed', null),
    ('uncontrolled', 'proven', 'OTHER'), ('never controlled', 'proven', 'THIRD')
) as made (figure, check_name, authority);
insert into facts.definitions by name
select authority, day_before(0) as as_at, figure as indicator_id, figure as title, 'control' as theme, true as headline, 'percent' as unit,
    'child' as case_unit, 'share' as measures, 'high' as better, 'snapshot' as period, 1 as version, [figure] as contracts,
    3 as tolerance_cases, 0.05 as tolerance_share, if(figure = 'plausible', 0.9, 0.1) as range_low, 1.0 as range_high,
    0.05 as overtaken_share, '' as independent_evidence, 'a' as definition_hash
from main.control_figures;
insert into facts.contracts by name select figure as contract, figure as title from main.control_figures;
insert into facts.extracts by name
select authority, day_before(0) as as_at, figure as contract, day_before(if(figure = 'stale', 9, -2)) as extracted_on, true as complete,
    true as stated, true as whole_file
from main.control_figures where figure <> 'delivered';
insert into facts.taken select authority, contract, day_before(-2) from facts.extracts;
insert into facts.rule_results by name
select authority, figure as contract, 'CONTROL' as rule_code, 'PASS' as status, 10 as evaluated, 0 as failed
from main.control_figures where figure <> 'unruled';
insert into facts.members by name
select
    authority, figure as indicator_id, day_before(0) as as_at, 'now' as basis, 'child ' || child as case_id, 'child ' || child as child_id,
    'North' as team, true as in_denominator, child <= 5 as in_numerator, if(child <= 5, 'met', 'not_met') as state
from main.control_figures cross join (select unnest(range(1, 11)) as child);
insert into facts.figures by name
select authority, day_before(0) as as_at, figure as indicator_id, 'now' as basis, unnest(['ALL', 'North']) as team, 5 as numerator,
    10 as denominator, 0 as not_countable, 0 as overtaken, 0 as unusable, 0 as pending
from main.control_figures;
-- four blocking failures in records of its cases: one more than the tolerance
insert into facts.reads values ('valid', 'valid', 'Heading');
insert into facts.failures by name
select 'CONTROL' as authority, 'CONTROL' as rule_code, 'blocking' as severity, 'valid' as contract, 'Heading' as column_name,
    'child ' || child as child_id, 'row ' || child as source_row
from (select unnest(range(1, 5)) as child);
insert into facts.owes select authority, day_before(0), figure, 'North' from main.control_figures;
insert into facts.claims by name
select authority, day_before(0) as as_at, figure as indicator_id, 'North' as team, 'child' as unit, 'control' as counted_by, 5 as numerator,
    10 as denominator, 'listed' as grade_numerator, 'listed' as grade_denominator, true as comparable, false as conflict,
    'own_list' as method
from main.control_figures where figure <> 'counted';
insert into facts.bridges by name
select authority, day_before(0) as as_at, figure as indicator_id, 'North' as team, unnest(['numerator', 'denominator']) as measure,
    unnest([5, 10]) as manual, unnest([5, 10]) as system, 0 as unlisted, 'listed' as grade
from main.control_figures;
insert into facts.items by name
select authority, day_before(0) as as_at, figure as indicator_id, 'North' as team, 'North' as of_team, 'numerator' as measure,
    'child ' || child as case_id, 'child ' || child as break_key, 'case' as kind, if(child <= 3, 1, -1) as effect,
    if(figure = 'unexplained' and child = 1, 'UNEXPLAINED', 'VALUE') as reason, 'exact' as evidence, false as closed,
    child > 3 as manual_in, child <= 3 as system_in, 'now' as bound_to
from main.control_figures cross join (select unnest(range(1, 6)) as child);
create or replace temp table break_ids as
select distinct authority, indicator_id, break_key, indicator_id || break_key as break_id, null::date as first_seen from facts.items;
insert into book.decisions by name
select authority, break_id, indicator_id, 'accepted' as decision, if(indicator_id = 'reconciled', 'before', 'now') as bound_to, 1 as version
from break_ids where indicator_id <> 'unexplained' or break_key <> 'child 1';
-- a file that was read says that a child counts whom the system does not have
insert into book.dip_files by name
select 'CONTROL' as authority, 'misread' as indicator_id, day_before(0) as as_at, 1 as round, 1 as place, 'child 99' as mark,
    day_before(0) as looked_on, 'met' as file_says, 'none' as bound_system, '' as bound_list;
insert into book.dip_ids by name
select 'CONTROL' as authority, 'misread' as indicator_id, 'child 99' as case_key, 'child 99' as mark;
truncate facts.controls;
insert into facts.controls by name
select authority, day_before(0) as as_at, 'control' as control, 'control' as kind, if(authority = 'CONTROL', 'PASS', 'FAIL') as outcome,
    '' as says
from main.control_figures where authority <> 'THIRD' group by all;
