-- A named rule leaves the child out and the list has it; and one team counted families.
insert into main.on_record by name
select child_id, false as in_denominator, false as in_numerator, null as state, 'left_out' as outside from planted;
insert into main.in_lists by name select child_id as case_id from planted;
insert into main.more_counted by name select 'Control East' as team, 'family' as unit, 4 as numerator, 5 as denominator;
insert into main.planted_lines values ('SCOPE', 'Control East');
