-- The record's only visit near the list's day is three days before it, and is the one that the extract shows.
insert into main.on_record by name
select child_id, false as in_numerator, 'not_met' as state, 8 as decided, 8 as done from planted;
insert into main.in_lists by name select child_id as case_id from planted;
insert into conformed.visits by name
select 'CONTROL' as authority, 'control.other' as contract, day_before(-15) as extracted_on, child_id as person_id,
    day_before(8) as visit_date, 'cp' as visit_type, 'finalised' as status, 'yes' as seen, 'yes' as lead_worker
from planted;
