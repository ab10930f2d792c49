-- The court's timetable: a row for each hearing and each filing.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.court_hearings by name
select
    authority, 'trackers.court_timetable' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, family_id, court_case_number, proceedings_issued_date as issued_date,
    proceedings_issued_date_unusable as issued_date_unusable, court_event, court_event_unusable, directed_date,
    directed_date is null as directed_date_unusable, filed_or_held_date as done_date,
    filed_or_held_date_unusable as done_date_unusable, adjourned, proceedings_concluded_date as concluded_date,
    proceedings_concluded_date_unusable as concluded_date_unusable, final_order, worker, team
from typed.trackers_court_timetable
where is_counted and child_id is not null;
