-- Every child whom the case system knows, and the number of the health service where it holds one.
insert into conformed.person by name
select
    authority, 'ssd.person' as contract, delivery_id, source_row, extracted_on,
    pers_person_id as person_id, coalesce(pers_sex, pers_gender) as sex, pers_ethnicity as ethnicity,
    coalesce(pers_dob, pers_expected_dob) as date_of_birth,
    pers_dob is null and pers_expected_dob is null and (pers_dob_unusable or pers_expected_dob_unusable) as date_of_birth_unusable,
    pers_death_date as death_date, pers_death_date_unusable as death_date_unusable,
    nullif(upper(concat(regexp_extract(pers_forename, '\p{L}'), regexp_extract(pers_surname, '\p{L}'))), '') as initials
from typed.ssd_person
where is_counted and pers_person_id is not null;

insert into conformed.linked_identifiers by name
select
    authority, 'ssd.person' as contract, delivery_id, source_row, extracted_on,
    pers_person_id as person_id, 'nhs number' as identifier_type, pers_common_child_id as identifier_value,
    'the case system' as said_by
from typed.ssd_person
where is_counted and reject_reason is null and pers_common_child_id is not null;

insert into conformed.linked_identifiers by name
select
    authority, 'ssd.person' as contract, delivery_id, source_row, extracted_on,
    pers_person_id as person_id, 'former system id' as identifier_type, pers_legacy_id as identifier_value,
    'the case system' as said_by
from typed.ssd_person
where is_counted and reject_reason is null and pers_legacy_id is not null and pers_legacy_id <> pers_person_id
