insert into conformed.initial_cp_conference by name
select
    entry.authority, 'ssd.initial_cp_conference' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.icpc_person_id as person_id, enquiries.s47e_s47_start_date as s47_start_date, entry.icpc_icpc_date as icpc_date,
    entry.icpc_icpc_date_unusable as icpc_date_unusable, entry.icpc_icpc_outcome_cp_flag as icpc_outcome_cp,
    entry.icpc_icpc_target_date as icpc_target_date, entry.icpc_icpc_transfer_in as icpc_transfer_in, teams.team, workers.worker
from typed.ssd_initial_cp_conference as entry
left join typed.ssd_beside as beside
    on
        entry.authority = beside.authority and entry.extracted_on = beside.extracted_on
        and beside.contract = 'ssd.s47_enquiry'
left join typed.ssd_s47_enquiry as enquiries
    on
        entry.authority = enquiries.authority and beside.beside_on = enquiries.extracted_on and enquiries.is_counted
        and entry.icpc_s47_enquiry_id = enquiries.s47e_s47_enquiry_id and entry.icpc_person_id = enquiries.s47e_person_id
left join typed.ssd_team_of as teams
    on
        entry.authority = teams.authority and entry.extracted_on = teams.extracted_on
        and entry.icpc_icpc_team = teams.team_id
left join typed.ssd_worker_of as workers
    on
        entry.authority = workers.authority and entry.extracted_on = workers.extracted_on
        and entry.icpc_icpc_worker_id = workers.worker_id
where
    entry.is_counted and entry.icpc_person_id is not null
    and (entry.icpc_icpc_date is not null or entry.icpc_icpc_date_unusable)
