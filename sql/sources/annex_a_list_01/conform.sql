-- Contacts and the children they were about.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.person by name
select
    authority, 'annex_a.list_01' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_01
where is_counted and child_unique_id is not null;

insert into conformed.contacts by name
select
    authority, 'annex_a.list_01' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, date_of_contact as contact_date, date_of_contact is null as contact_date_unusable,
    contact_source as contact_source_code
from typed.annex_a_list_01
where is_counted and child_unique_id is not null;
