insert into conformed.family by name
select
    authority, 'ssd.family' as contract, delivery_id, source_row, extracted_on,
    fami_family_id as family_id, fami_person_id as person_id
from typed.ssd_family
where is_counted and reject_reason is null
