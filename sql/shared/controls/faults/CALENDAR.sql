-- Seen twelve days before the date: in time by working days, and not by the calendar's, which is what the list says of each.
insert into main.on_record by name select 'ZZ4' as indicator_id, child_id, 12 as decided, 12 as done from planted;
insert into main.in_lists by name select 'ZZ4' as indicator_id, child_id as case_id, false as in_numerator from planted;
