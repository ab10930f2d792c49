-- What else a child is called. A former id under which the child still stands in a source is put under the new one after all sources are
-- conformed (sql/shared/identity); a locked record is known to exist and says nothing else.
insert into conformed.linked_identifiers by name
select
    authority, 'identity.crosswalk' as contract, delivery_id, source_row, extracted_on, new_id as person_id,
    'former system id' as identifier_type, old_id as identifier_value, valid_from as valid_from_date, valid_to as valid_to_date, said_by
from typed.identity_crosswalk
where is_counted and reject_column is null and old_id is not null and old_id <> new_id;

insert into conformed.linked_identifiers by name
select
    authority, 'identity.crosswalk' as contract, delivery_id, source_row, extracted_on, new_id as person_id,
    'nhs number' as identifier_type, nhs_number as identifier_value, said_by
from typed.identity_crosswalk
where is_counted and reject_column is null and nhs_number is not null;

insert into conformed.linked_identifiers by name
select
    authority, 'identity.crosswalk' as contract, delivery_id, source_row, extracted_on, new_id as person_id,
    'unique pupil number' as identifier_type, upn as identifier_value, said_by
from typed.identity_crosswalk
where is_counted and reject_column is null and upn is not null;

insert into conformed.linked_identifiers by name
select
    authority, 'identity.crosswalk' as contract, delivery_id, source_row, extracted_on, new_id as person_id,
    'former unique pupil number' as identifier_type, former_upn as identifier_value, said_by
from typed.identity_crosswalk
where is_counted and reject_column is null and former_upn is not null;

insert into conformed.person by name
select
    authority, 'identity.crosswalk' as contract, delivery_id, source_row, extracted_on, new_id as person_id, restricted
from typed.identity_crosswalk
where is_counted and reject_column is null and restricted;
