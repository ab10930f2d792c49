-- The children of the return.
insert into conformed.person by name
select
    authority, 'ssda903.header' as contract, delivery_id, source_row, extracted_on,
    child as person_id, sex, ethnic as ethnicity,
    dob as date_of_birth, dob_unusable as date_of_birth_unusable,
    if(upn like 'UN%', null, upn) as upn, if(upn like 'UN%', upn, null) as upn_unknown,
    if(mother, 'yes', if(not mother, 'no', null)) as is_mother,
    if(uasc, 'yes', if(not uasc, 'no', null)) as uasc
from typed.ssda903_header
where is_counted and child is not null;
