-- A manager's look at an overdue child.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.management_looks by name
select
    authority, 'trackers.management_looks' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, management_look_date as look_date, management_look_date is null as look_date_unusable,
    looked_at_by, overdue_for as indicator_id, child_seen_date, child_seen_date_unusable, next_date,
    next_date_unusable, look_outcome as outcome, worker, team
from typed.trackers_management_looks
where is_counted and child_id is not null;
