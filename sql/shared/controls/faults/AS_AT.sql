-- The plan had closed by the date and the list has it; or the list's own visit came after the date.
insert into main.on_record by name
select child_id, n % 2 = 0 as in_denominator, false as in_numerator, if(n % 2 = 0, 'not_met', null) as state,
    if(n % 2 = 0, null, 'closed') as outside
from planted;
insert into main.in_lists by name select child_id as case_id, if(n % 2 = 0, -3, 5) as event from planted;
