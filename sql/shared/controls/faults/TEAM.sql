-- In one team's list, and the other's in the system.
insert into main.on_record by name select child_id, 'Control South' as team from planted;
insert into main.in_lists by name select child_id as case_id from planted;
