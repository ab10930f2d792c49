-- Who belongs together.
insert into conformed.family by name
select
    authority, 'identity.families' as contract, delivery_id, source_row, extracted_on, family_id, child_id as person_id
from typed.identity_families
where is_counted and reject_column is null;
