-- An assessment has the referral that its id names.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cin_assessments by name
select
    entry.authority, 'ssd.cin_assessments' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.cina_person_id as person_id, entry.cina_assessment_start_date as assessment_start_date,
    entry.cina_assessment_start_date is null as assessment_start_date_unusable,
    entry.cina_assessment_auth_date as assessment_auth_date,
    entry.cina_assessment_auth_date_unusable as assessment_auth_date_unusable,
    entry.cina_assessment_child_seen as assessment_child_seen,
    case entry.cina_assessment_outcome_nfa when 'yes' then 'no' when 'no' then 'yes' end as assessed_in_need,
    referrals.cine_referral_date as referral_date, teams.team, workers.worker
from typed.ssd_cin_assessments as entry
left join typed.ssd_team_of as teams
    on
        entry.authority = teams.authority and entry.extracted_on = teams.extracted_on
        and entry.cina_assessment_team = teams.team_id
left join typed.ssd_worker_of as workers
    on
        entry.authority = workers.authority and entry.extracted_on = workers.extracted_on
        and entry.cina_assessment_worker_id = workers.worker_id
left join typed.ssd_beside as beside
    on
        entry.authority = beside.authority and entry.extracted_on = beside.extracted_on
        and beside.contract = 'ssd.cin_episodes'
left join typed.ssd_cin_episodes as referrals
    on
        entry.authority = referrals.authority and beside.beside_on = referrals.extracted_on and referrals.is_counted
        and entry.cina_referral_id = referrals.cine_referral_id and entry.cina_person_id = referrals.cine_person_id
where entry.is_counted and entry.cina_person_id is not null
