-- Disputes that independent reviewing officers raised.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.iro_disputes by name
select
    authority, 'trackers.iro_disputes' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, dispute_number, dispute_raised_date as raised_date,
    dispute_raised_date is null as raised_date_unusable, dispute_stage as stage,
    dispute_stage_unusable as stage_unusable, dispute_about as about, dispute_due_date as due_date,
    dispute_due_date_unusable as due_date_unusable, dispute_resolved_date as resolved_date,
    dispute_resolved_date_unusable as resolved_date_unusable, dispute_outcome as outcome, iro, team
from typed.trackers_iro_disputes
where is_counted and child_id is not null;
