-- In the list, known to the system, and left out by no rule that says why.
insert into main.in_lists by name select child_id as case_id from planted;
insert into conformed.person by name
select 'CONTROL' as authority, 'annex_a.list_06' as contract, day_before(-15) as extracted_on, child_id as person_id,
    day_before(3000) as date_of_birth
from planted;
