-- Children who sought asylum alone.
insert into conformed.person by name
select
    authority, 'ssda903.uasc' as contract, delivery_id, source_row, extracted_on,
    child as person_id, sex, dob as date_of_birth, dob_unusable as date_of_birth_unusable, 'yes' as uasc, duc as uasc_end_date,
    duc_unusable as uasc_end_date_unusable
from typed.ssda903_uasc
where is_counted and child is not null;
