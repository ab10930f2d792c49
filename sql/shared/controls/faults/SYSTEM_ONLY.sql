-- In the system, and not in a full list.
insert into main.on_record by name select child_id from planted;
