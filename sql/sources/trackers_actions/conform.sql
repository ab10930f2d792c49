-- Actions from audits, conference chairs and supervision.
-- A row rejected for its date names an action all the same: it is kept, its date marked unusable.
insert into conformed.actions by name
select
    authority, 'trackers.actions' as contract, delivery_id, source_row, extracted_on,
    action_number, child_id as person_id, action_from as action_source,
    action_from_unusable as action_source_unusable, action_raised_date as raised_date,
    action_raised_date is null as raised_date_unusable, action_due_date as due_date,
    action_due_date_unusable as due_date_unusable, action_closed_date as closed_date,
    action_closed_date_unusable as closed_date_unusable, action_owner as worker, team
from typed.trackers_actions
where is_counted and action_number is not null;
