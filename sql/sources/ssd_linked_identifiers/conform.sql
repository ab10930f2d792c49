-- What else a child is called: identifier and kind as the case system writes them, the usual kinds under one name.
insert into conformed.linked_identifiers by name
select
    authority, 'ssd.linked_identifiers' as contract, delivery_id, source_row, extracted_on,
    link_person_id as person_id,
    case
        when regexp_matches(link_identifier_type, '(?i)nhs') then 'nhs number'
        when regexp_matches(link_identifier_type, '(?i)former.*(upn|unique pupil)') then 'former unique pupil number'
        when regexp_matches(link_identifier_type, '(?i)upn|unique pupil') then 'unique pupil number'
        else lower(squeeze(link_identifier_type))
    end as identifier_type,
    upper(link_identifier_value) as identifier_value, link_valid_from_date as valid_from_date,
    link_valid_to_date as valid_to_date, 'the case system' as said_by
from typed.ssd_linked_identifiers
where is_counted and reject_reason is null
