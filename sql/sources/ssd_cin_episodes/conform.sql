-- The dataset holds a referral as the beginning of an episode of need: every row is a referral, and one that was not closed with no
-- further action is an episode too.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.referrals by name
select
    entry.authority, 'ssd.cin_episodes' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.cine_person_id as person_id, entry.cine_referral_date as referral_date,
    entry.cine_referral_date is null as referral_date_unusable, entry.cine_referral_source_code as referral_source,
    entry.cine_referral_nfa as referral_nfa, entry.cine_referral_nfa_unusable as referral_nfa_unusable, teams.team, workers.worker
from typed.ssd_cin_episodes as entry
left join typed.ssd_team_of as teams
    on
        entry.authority = teams.authority and entry.extracted_on = teams.extracted_on
        and entry.cine_referral_team = teams.team_id
left join typed.ssd_worker_of as workers
    on
        entry.authority = workers.authority and entry.extracted_on = workers.extracted_on
        and entry.cine_referral_worker_id = workers.worker_id
where entry.is_counted and entry.cine_person_id is not null;

insert into conformed.cin_episodes by name
select
    entry.authority, 'ssd.cin_episodes' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.cine_person_id as person_id, entry.cine_referral_date as cin_start_date,
    entry.cine_referral_date is null as cin_start_date_unusable, entry.cine_cin_primary_need_code as cin_primary_need,
    entry.cine_close_date as cin_close_date, entry.cine_close_date_unusable as cin_close_date_unusable,
    entry.cine_close_reason as cin_close_reason,
    coalesce(holder.team, teams.team) as team, coalesce(holder.worker, workers.worker) as worker
from typed.ssd_cin_episodes as entry
left join typed.ssd_holder as holder
    on
        entry.authority = holder.authority and entry.extracted_on = holder.extracted_on
        and entry.cine_person_id = holder.person_id
left join typed.ssd_team_of as teams
    on
        entry.authority = teams.authority and entry.extracted_on = teams.extracted_on
        and entry.cine_referral_team = teams.team_id
left join typed.ssd_worker_of as workers
    on
        entry.authority = workers.authority and entry.extracted_on = workers.extracted_on
        and entry.cine_referral_worker_id = workers.worker_id
where entry.is_counted and entry.cine_person_id is not null and entry.cine_referral_nfa is distinct from 'yes'
