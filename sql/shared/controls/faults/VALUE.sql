-- The list says seen and the system does not; or the other way round.
insert into main.on_record by name
select child_id, n % 2 = 0 as in_numerator, if(n % 2 = 0, 'met', 'not_met') as state, 30 as decided, 30 as done from planted;
insert into main.in_lists by name select child_id as case_id, n % 2 = 1 as in_numerator from planted;
