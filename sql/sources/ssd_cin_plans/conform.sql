-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cin_plans by name
select
    entry.authority, 'ssd.cin_plans' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.cinp_person_id as person_id, entry.cinp_cin_plan_start_date as cin_plan_start_date,
    entry.cinp_cin_plan_start_date is null as cin_plan_start_date_unusable, entry.cinp_cin_plan_end_date as cin_plan_end_date,
    entry.cinp_cin_plan_end_date_unusable as cin_plan_end_date_unusable, referrals.cine_referral_date as referral_date
from typed.ssd_cin_plans as entry
left join typed.ssd_beside as beside
    on
        entry.authority = beside.authority and entry.extracted_on = beside.extracted_on
        and beside.contract = 'ssd.cin_episodes'
left join typed.ssd_cin_episodes as referrals
    on
        entry.authority = referrals.authority and beside.beside_on = referrals.extracted_on and referrals.is_counted
        and entry.cinp_referral_id = referrals.cine_referral_id and entry.cinp_person_id = referrals.cine_person_id
where entry.is_counted and entry.cinp_person_id is not null
