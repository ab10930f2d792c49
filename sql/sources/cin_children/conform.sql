-- Children as the census has them; an unborn child by the date expected. Rows rejected for want of an id feed nothing.
insert into conformed.person by name
select
    authority, 'cin.children' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    sex,
    ethnicity,
    coalesce(personbirthdate, expectedpersonbirthdate) as date_of_birth,
    personbirthdate_unusable or (personbirthdate is null and expectedpersonbirthdate_unusable) as date_of_birth_unusable,
    persondeathdate as death_date,
    persondeathdate_unusable as death_date_unusable,
    upn,
    upnunknown as upn_unknown
from typed.cin_children
where is_counted and lachildid is not null;
