-- The extract at hand has an older visit; the list has this one, or does not.
insert into main.on_record by name select child_id from planted;
insert into main.on_record_then by name
select child_id, 'ZZ1' as indicator_id, 'Control North' as team, true as in_denominator, false as in_numerator, 'not_met' as state,
    100 as began, 40 as decided, 20 as due, 40 as done
from planted;
insert into main.in_lists by name select child_id as case_id, n % 2 = 0 as in_numerator from planted;
