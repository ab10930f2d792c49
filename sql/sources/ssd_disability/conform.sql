-- The dataset has a code for each disability, and NONE for none.
insert into conformed.disability by name
select
    authority, 'ssd.disability' as contract, delivery_id, source_row, extracted_on,
    disa_person_id as person_id,
    case
        when disa_disability_code is null then null
        when regexp_matches(disa_disability_code, '(?i)^(none|no|n|0)( |$)') then 'no'
        when regexp_matches(disa_disability_code, '(?i)^(unk|u$|not (known|stated|recorded))') then 'unknown'
        else 'yes'
    end as disability_code
from typed.ssd_disability
where is_counted and disa_person_id is not null
