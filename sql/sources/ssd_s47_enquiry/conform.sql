-- An enquiry with the first conference that names it. A conference was decided to be unnecessary where the enquiry ended and its
-- outcome, or its mark of no further action, says so.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.s47_enquiry by name
select
    entry.authority, 'ssd.s47_enquiry' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.s47e_person_id as person_id, entry.s47e_s47_start_date as s47_start_date,
    entry.s47e_s47_start_date is null as s47_start_date_unusable,
    case
        when conferences.held or said.needed then 'no'
        when entry.s47e_s47_end_date is null then null
        when entry.s47e_s47_nfa = 'yes' or not said.needed then 'yes'
    end as icpc_unnecessary,
    false as icpc_unnecessary_unusable, entry.s47e_s47_end_date as s47_end_date,
    conferences.held_on as icpc_date,
    coalesce(conferences.unusable, false) as icpc_date_unusable, conferences.made_plan as icpc_outcome_cp,
    if(entry.s47e_s47_start_date is null, null, (count(*) over earlier)::integer) as s47_last_12_months,
    false as s47_last_12_months_unusable,
    teams.team, workers.worker
from typed.ssd_s47_enquiry as entry
left join (
    select
        beside.authority, beside.extracted_on, icpc.icpc_s47_enquiry_id as enquiry_id, icpc.icpc_person_id as person_id,
        true as held, min(icpc.icpc_icpc_date) as held_on,
        min(icpc.icpc_icpc_date) is null and bool_or(icpc.icpc_icpc_date_unusable) as unusable,
        arg_min(icpc.icpc_icpc_outcome_cp_flag, icpc.icpc_icpc_date) as made_plan
    from typed.ssd_beside as beside
    join typed.ssd_initial_cp_conference as icpc
        on
            beside.authority = icpc.authority and beside.beside_on = icpc.extracted_on
            and beside.contract = 'ssd.initial_cp_conference'
    where icpc.is_counted and icpc.reject_reason is null
    group by all
) as conferences
    on
        entry.authority = conferences.authority and entry.extracted_on = conferences.extracted_on
        and entry.s47e_s47_enquiry_id = conferences.enquiry_id and entry.s47e_person_id = conferences.person_id
left join (
    select
        delivery_id, source_row,
        as_flag(
            if(
                json_valid(s47e_s47_outcome_json),
                coalesce(
                    json_extract_string(s47e_s47_outcome_json, '$.CP_CONFERENCE_FLAG'),
                    json_extract_string(s47e_s47_outcome_json, '$.OUTCOME_CP_CONFERENCE_FLAG')
                ),
                null
            )
        ) as needed
    from typed.ssd_s47_enquiry
) as said on entry.delivery_id = said.delivery_id and entry.source_row = said.source_row
left join typed.ssd_team_of as teams
    on
        entry.authority = teams.authority and entry.extracted_on = teams.extracted_on
        and entry.s47e_s47_completed_by_team = teams.team_id
left join typed.ssd_worker_of as workers
    on
        entry.authority = workers.authority and entry.extracted_on = workers.extracted_on
        and entry.s47e_s47_completed_by_worker_id = workers.worker_id
where entry.is_counted and entry.s47e_person_id is not null
window earlier as (
    partition by entry.authority, entry.extracted_on, entry.s47e_person_id order by entry.s47e_s47_start_date
    range between interval 12 months preceding and interval 1 day preceding
)
