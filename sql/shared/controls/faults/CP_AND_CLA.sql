-- On a plan and looked after, and in the list of children looked after alone.
insert into main.on_record by name select child_id from planted;
insert into main.on_record by name
select 'ZZ3' as indicator_id, child_id from planted;
insert into main.in_lists by name select 'ZZ3' as indicator_id, child_id as case_id from planted;
insert into conformed.cp_plans by name
select 'CONTROL' as authority, 'annex_a.list_07' as contract, day_before(-15) as extracted_on, child_id as person_id,
    day_before(100) as cp_plan_start_date
from planted;
insert into conformed.cla_episodes by name
select 'CONTROL' as authority, 'annex_a.list_08' as contract, day_before(-15) as extracted_on, child_id as person_id,
    day_before(90) as cla_start_date
from planted;
