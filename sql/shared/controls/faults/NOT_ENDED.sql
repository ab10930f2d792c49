-- Another source has the same plan as ended by the date.
insert into main.on_record by name select child_id from planted;
insert into conformed.cp_plans by name
select 'CONTROL' as authority, unnest(['annex_a.list_07', 'control.other']) as contract, day_before(-15) as extracted_on,
    child_id as person_id, day_before(100) as cp_plan_start_date, unnest([null, day_before(2)]) as cp_plan_end_date
from planted;
