-- Minutes of meetings about a child. A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.minutes by name
select
    authority, 'trackers.minutes' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, meeting_type, meeting_type_unusable, meeting_date,
    meeting_date is null as meeting_date_unusable, minutes_distributed_date as distributed_date,
    minutes_distributed_date_unusable as distributed_date_unusable, minutes_due_date as due_date,
    minutes_due_date_unusable as due_date_unusable, on_file, minute_taker, team
from typed.trackers_minutes
where is_counted and child_id is not null;
