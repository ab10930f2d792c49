-- Enquiries with their initial conferences; a conference has a row of its own where a date for it is given, readable or not.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
-- Whether a conference made a plan is not in the census: the plan itself is.
insert into conformed.s47_enquiry by name
select
    authority, 'cin.section47' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    s47actualstartdate as s47_start_date,
    s47actualstartdate is null as s47_start_date_unusable,
    icpcnotrequired as icpc_unnecessary,
    icpcnotrequired_unusable as icpc_unnecessary_unusable,
    dateofinitialcpc as icpc_date,
    dateofinitialcpc_unusable as icpc_date_unusable
from typed.cin_section47
where is_counted and lachildid is not null;

insert into conformed.initial_cp_conference by name
select
    authority, 'cin.section47' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    s47actualstartdate as s47_start_date,
    dateofinitialcpc as icpc_date,
    dateofinitialcpc_unusable as icpc_date_unusable
from typed.cin_section47
where is_counted and lachildid is not null and (dateofinitialcpc is not null or dateofinitialcpc_unusable);
