-- One row per disability; NONE says that there is none.
insert into conformed.disability by name
select
    authority, 'cin.disabilities' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    if(disability = 'NONE', 'no', if(disability is null, null, 'yes')) as disability_code,
    disability as disability_kind
from typed.cin_disabilities
where is_counted and lachildid is not null;
