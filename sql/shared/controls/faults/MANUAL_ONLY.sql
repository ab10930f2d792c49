-- In the list, and nowhere else.
insert into main.in_lists by name select child_id as case_id from planted;
