-- Children as the census has them; an unborn child by the date expected. Rows rejected for want of an id feed nothing.
-- Flat files have identifiers and characteristics apart: of a child's several rows in one extract the last that fills a cell says it.
insert into conformed.person by name
with rows as (
    select
        * replace (
            arg_max(sex, (delivery_seq, row_number)) over child as sex,
            arg_max(ethnicity, (delivery_seq, row_number)) over child as ethnicity,
            arg_max(personbirthdate, (delivery_seq, row_number)) over child as personbirthdate,
            arg_max(expectedpersonbirthdate, (delivery_seq, row_number)) over child as expectedpersonbirthdate,
            arg_max(persondeathdate, (delivery_seq, row_number)) over child as persondeathdate,
            arg_max(upn, (delivery_seq, row_number)) over child as upn,
            arg_max(upnunknown, (delivery_seq, row_number)) over child as upnunknown
        ),
        bool_or(personbirthdate_unusable) over child as birth_unusable,
        bool_or(expectedpersonbirthdate_unusable) over child as expected_unusable,
        bool_or(persondeathdate_unusable) over child as death_unusable
    from typed.cin_children
    where lachildid is not null
    window child as (partition by authority, extracted_on, lachildid)
    qualify is_counted
)

select
    authority, 'cin.children' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    sex,
    ethnicity,
    coalesce(personbirthdate, expectedpersonbirthdate) as date_of_birth,
    personbirthdate is null and (birth_unusable or expected_unusable and expectedpersonbirthdate is null) as date_of_birth_unusable,
    persondeathdate as death_date,
    persondeathdate is null and death_unusable as death_date_unusable,
    upn,
    upnunknown as upn_unknown
from rows;
