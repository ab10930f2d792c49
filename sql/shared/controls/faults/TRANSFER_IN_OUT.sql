-- Another authority took the child over before the date.
insert into main.on_record by name select child_id from planted;
insert into conformed.cin_episodes by name
select 'CONTROL' as authority, 'annex_a.list_06' as contract, day_before(-15) as extracted_on, child_id as person_id,
    day_before(200) as cin_start_date, day_before(20) as cin_close_date, 'RC5' as cin_close_reason
from planted;
