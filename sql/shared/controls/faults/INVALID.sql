-- The row is there and nobody can say whether it counts; or whether it meets.
insert into main.on_record by name
select child_id, n % 2 = 0 as in_denominator, false as in_numerator, if(n % 2 = 0, 'unusable', 'not_countable') as state from planted;
insert into main.in_lists by name select child_id as case_id from planted;
