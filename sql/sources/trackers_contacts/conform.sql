-- Contacts with what was decided and when. A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.contacts by name
select
    authority, 'trackers.contacts' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, contact_received as contact_date, contact_received is null as contact_date_unusable
from typed.trackers_contacts
where is_counted and child_id is not null;

insert into conformed.contact_outcomes by name
select
    authority, 'trackers.contacts' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, contact_received as contact_date, contact_received is null as contact_date_unusable,
    contact_outcome, contact_outcome_unusable, team, worker
from typed.trackers_contacts
where is_counted and child_id is not null;

insert into conformed.contact_decisions by name
select
    authority, 'trackers.contacts' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, contact_received as contact_date, contact_received is null as contact_date_unusable,
    contact_decision_date as decision_date, contact_decision_date_unusable as decision_date_unusable, team, worker
from typed.trackers_contacts
where is_counted and child_id is not null;
