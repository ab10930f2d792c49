-- Listed twice.
insert into main.on_record by name select child_id from planted;
insert into main.in_lists by name select child_id as case_id from planted cross join range(2);
