-- Two ids that differ by a zero, one of them in the list.
insert into main.on_record by name select unnest([child_id, '0' || child_id]) as child_id from planted;
insert into main.in_lists by name select child_id as case_id from planted;
