-- A referral is a row of CINdetails; one closed with no further action began no episode of need.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
-- A conference stands here only where no section 47 enquiry led to it.
insert into conformed.referrals by name
select
    authority, 'cin.details' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    cinreferraldate as referral_date,
    cinreferraldate is null as referral_date_unusable,
    referralsource as referral_source,
    referralnfa as referral_nfa,
    referralnfa_unusable as referral_nfa_unusable
from typed.cin_details
where is_counted and lachildid is not null;

insert into conformed.cin_episodes by name
select
    authority, 'cin.details' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    cinreferraldate as cin_start_date,
    cinreferraldate is null as cin_start_date_unusable,
    primaryneedcode as cin_primary_need,
    cinclosuredate as cin_close_date,
    cinclosuredate_unusable as cin_close_date_unusable,
    reasonforclosure as cin_close_reason
from typed.cin_details
where is_counted and lachildid is not null and referralnfa is distinct from 'yes';

insert into conformed.initial_cp_conference by name
select
    entry.authority, 'cin.details' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.lachildid as person_id,
    entry.dateofinitialcpc as icpc_date,
    entry.dateofinitialcpc_unusable as icpc_date_unusable,
    conferences.made_plan as icpc_outcome_cp
from typed.cin_details as entry
left join typed.cin_conferences as conferences
    on
        entry.authority = conferences.authority and entry.extracted_on = conferences.extracted_on
        and entry.lachildid = conferences.lachildid and entry.dateofinitialcpc = conferences.held_on
where entry.is_counted and entry.lachildid is not null and (entry.dateofinitialcpc is not null or entry.dateofinitialcpc_unusable);
