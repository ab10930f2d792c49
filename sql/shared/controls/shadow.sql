-- The shadow's two sides before any fault is planted. ZZ1 is a share of children whose visit decides, ZZ2 one of events, ZZ3 a headcount,
-- ZZ4 a share with a limit in working days. Days are told as so many before the position's date; `planted` are the children of one fault.
create or replace macro day_before(days) as getvariable('control_day')::date - days;
create table main.planted_children (fault varchar, child_id varchar, n integer);
create table main.planted_lines (fault varchar, team varchar);
create table main.on_record (
    indicator_id varchar default 'ZZ1', case_id varchar, child_id varchar, team varchar default 'Control North',
    in_denominator boolean default true, in_numerator boolean default true, state varchar default 'met', outside varchar,
    began integer default 100, decided integer default 5, due integer default 20, done integer default 5
);
create table main.on_record_then as select * from main.on_record;
create table main.in_lists (
    indicator_id varchar default 'ZZ1', team varchar default 'Control North', case_id varchar, in_denominator boolean default true,
    in_numerator boolean default true, event integer default 5
);
create table main.more_counted (
    indicator_id varchar default 'ZZ1', team varchar, unit varchar default 'child', numerator integer, denominator integer
);
insert into facts.basis
select 'CONTROL', day_before(0), unnest(['now', 'at_hand']), contract, unnest([day_before(-15), day_before(-2)])
from (select unnest(['annex_a.list_04', 'annex_a.list_06', 'annex_a.list_07', 'annex_a.list_08']) as contract)
union all
select 'CONTROL', day_before(0), unnest(['now', 'at_hand']), 'control.other', day_before(-15);
insert into facts.sources
values ('CONTROL', day_before(0), 'cp_plans', 'annex_a.list_07'), ('CONTROL', day_before(0), 'cp_visits', 'annex_a.list_07'),
    ('CONTROL', day_before(0), 'cla_episodes', 'annex_a.list_08'), ('CONTROL', day_before(0), 'cin_episodes', 'annex_a.list_06'),
    ('CONTROL', day_before(0), 'cin_assessments', 'annex_a.list_04');
insert into typed.deliveries by name select 'CONTROL' as authority, 'control' as delivery_id, 1 as seq, 'control.csv' as file;
