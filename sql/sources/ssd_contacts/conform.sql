-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.contacts by name
select
    authority, 'ssd.contacts' as contract, delivery_id, source_row, extracted_on,
    cont_person_id as person_id, cont_contact_date as contact_date, cont_contact_date is null as contact_date_unusable,
    cont_contact_source_code as contact_source_code
from typed.ssd_contacts
where is_counted and cont_person_id is not null
