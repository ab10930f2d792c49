-- Listed with a zero in front; or, of an event, with a start one day off.
insert into main.on_record by name select child_id from planted where n % 2 = 0;
insert into main.in_lists by name select '0' || child_id as case_id from planted where n % 2 = 0;
insert into main.on_record by name
select 'ZZ2' as indicator_id, child_id, child_id || '/' || day_before(100) as case_id from planted where n % 2 = 1;
insert into main.in_lists by name
select 'ZZ2' as indicator_id, child_id || '/' || day_before(99) as case_id from planted where n % 2 = 1;
