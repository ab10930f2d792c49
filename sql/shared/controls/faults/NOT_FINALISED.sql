-- On the list's day the record of visits holds a draft.
insert into main.on_record by name
select child_id, false as in_numerator, 'not_met' as state, 30 as decided, 30 as done from planted;
insert into main.in_lists by name select child_id as case_id from planted;
insert into conformed.visits by name
select 'CONTROL' as authority, 'control.other' as contract, day_before(-15) as extracted_on, child_id as person_id,
    day_before(5) as visit_date, 'cp' as visit_type, 'draft' as status, 'yes' as seen, 'yes' as lead_worker
from planted;
