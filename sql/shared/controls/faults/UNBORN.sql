-- Born after the date, with a plan, and not in the list.
insert into main.on_record by name select child_id from planted;
insert into conformed.person by name
select 'CONTROL' as authority, 'annex_a.list_07' as contract, day_before(-15) as extracted_on, child_id as person_id,
    day_before(-30) as date_of_birth
from planted;
