-- Who held the case, in which team and when. A row rejected for its start names a child all the same: it is kept, marked.
insert into conformed.involvements by name
select
    entry.authority, 'ssd.involvements' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.invo_person_id as person_id, entry.invo_professional_id as professional_id,
    entry.invo_professional_role_id as professional_role_id, teams.team as professional_team,
    entry.invo_involvement_start_date as involvement_start_date,
    entry.invo_involvement_start_date is null as involvement_start_date_unusable,
    entry.invo_involvement_end_date as involvement_end_date,
    entry.invo_involvement_end_date_unusable as involvement_end_date_unusable,
    entry.invo_worker_change_reason as worker_change_reason, entry.invo_referral_id as referral_id
from typed.ssd_involvements as entry
left join typed.ssd_team_of as teams
    on
        entry.authority = teams.authority and entry.extracted_on = teams.extracted_on
        and entry.invo_professional_team = teams.team_id
where entry.is_counted and entry.invo_person_id is not null
