-- Every visit, draft or finalised. A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.visits by name
select
    authority, 'trackers.visits' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, visit_date, visit_date is null as visit_date_unusable, visit_type, visit_status as status,
    visit_status_unusable as status_unusable, child_seen as seen, child_seen_unusable as seen_unusable, seen_alone,
    seen_alone_unusable, visited_by as worker, by_allocated_worker as lead_worker, form,
    date_finalised as finalised_date, date_finalised_unusable as finalised_date_unusable,
    date_recorded as recorded_date, date_recorded_unusable as recorded_date_unusable, cp_plan_start_date, team
from typed.trackers_visits
where is_counted and child_id is not null;

insert into conformed.visit_writing by name
select
    authority, 'trackers.visits' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, visit_date, visit_date is null as visit_date_unusable, visit_type, visit_status as status,
    date_recorded as recorded_date, date_recorded_unusable as recorded_date_unusable, date_finalised as finalised_date,
    date_finalised_unusable as finalised_date_unusable, visited_by as worker, team
from typed.trackers_visits
where is_counted and child_id is not null;
