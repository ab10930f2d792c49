-- In the list, and the crosswalk says that the record is locked.
insert into main.in_lists by name select child_id as case_id from planted;
insert into conformed.person by name
select 'CONTROL' as authority, 'identity.crosswalk' as contract, day_before(-15) as extracted_on, child_id as person_id, true as restricted
from planted;
