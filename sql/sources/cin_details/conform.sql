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
    authority, 'cin.details' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    dateofinitialcpc as icpc_date,
    dateofinitialcpc_unusable as icpc_date_unusable
from typed.cin_details
where is_counted and lachildid is not null and (dateofinitialcpc is not null or dateofinitialcpc_unusable);
