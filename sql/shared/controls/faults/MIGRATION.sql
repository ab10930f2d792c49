-- A team's plans, those of the listed children among them, were open in the extract before the go-live and are there under no id since;
-- of all others none is missing.
insert into main.in_lists by name select child_id as case_id from planted;
insert into typed.extracts by name
select 'CONTROL' as authority, 'annex_a.list_07' as contract, unnest([day_before(10), day_before(-15)]) as extracted_on;
insert into conformed.cp_plans by name
select 'CONTROL' as authority, 'annex_a.list_07' as contract, day_before(10) as extracted_on, person_id,
    day_before(100) as cp_plan_start_date, 'Control Lost' as team
from (
    select child_id as person_id from planted
    union all
    select 'LOST' || unnest(range(10)) as person_id
);
insert into conformed.cp_plans by name
select 'CONTROL' as authority, 'annex_a.list_07' as contract, unnest([day_before(10), day_before(-15)]) as extracted_on, person_id,
    day_before(200) as cp_plan_start_date, 'Control Kept' as team
from (select 'KEPT' || unnest(range(60)) as person_id);
