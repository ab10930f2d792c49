-- Enquiries with their initial conferences; a conference has a row of its own where a date for it is given, readable or not.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
-- Whether a conference made a plan is told by the plan (sql/sources/families/cin.sql).
insert into conformed.s47_enquiry by name
select
    entry.authority, 'cin.section47' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.lachildid as person_id,
    entry.s47actualstartdate as s47_start_date,
    entry.s47actualstartdate is null as s47_start_date_unusable,
    entry.icpcnotrequired as icpc_unnecessary,
    entry.icpcnotrequired_unusable as icpc_unnecessary_unusable,
    entry.dateofinitialcpc as icpc_date,
    entry.dateofinitialcpc_unusable as icpc_date_unusable,
    conferences.made_plan as icpc_outcome_cp
from typed.cin_section47 as entry
left join typed.cin_conferences as conferences
    on
        entry.authority = conferences.authority and entry.extracted_on = conferences.extracted_on
        and entry.lachildid = conferences.lachildid and entry.dateofinitialcpc = conferences.held_on
where entry.is_counted and entry.lachildid is not null;

insert into conformed.initial_cp_conference by name
select
    entry.authority, 'cin.section47' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.lachildid as person_id,
    entry.s47actualstartdate as s47_start_date,
    entry.dateofinitialcpc as icpc_date,
    entry.dateofinitialcpc_unusable as icpc_date_unusable,
    conferences.made_plan as icpc_outcome_cp
from typed.cin_section47 as entry
left join typed.cin_conferences as conferences
    on
        entry.authority = conferences.authority and entry.extracted_on = conferences.extracted_on
        and entry.lachildid = conferences.lachildid and entry.dateofinitialcpc = conferences.held_on
where entry.is_counted and entry.lachildid is not null and (entry.dateofinitialcpc is not null or entry.dateofinitialcpc_unusable);
