insert into conformed.care_leavers by name
select
    entry.authority, 'ssd.care_leavers' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.clea_person_id as person_id, entry.clea_care_leaver_eligibility as care_leaver_eligibility,
    entry.clea_care_leaver_in_touch as care_leaver_in_touch, entry.clea_care_leaver_latest_contact as care_leaver_latest_contact,
    entry.clea_care_leaver_latest_contact_unusable as care_leaver_latest_contact_unusable,
    entry.clea_care_leaver_accommodation as care_leaver_accommodation,
    entry.clea_care_leaver_accom_suitable as care_leaver_accom_suitable, entry.clea_care_leaver_activity as care_leaver_activity,
    entry.clea_pathway_plan_review_date as pathway_plan_review_date,
    entry.clea_pathway_plan_review_date_unusable as pathway_plan_review_date_unusable,
    entry.clea_care_leaver_personal_advisor as care_leaver_personal_advisor,
    entry.clea_care_leaver_in_touch_unusable as care_leaver_in_touch_unusable,
    entry.clea_care_leaver_accom_suitable_unusable as care_leaver_accom_suitable_unusable,
    entry.clea_care_leaver_activity_unusable as care_leaver_activity_unusable,
    coalesce(teams.team, holder.team) as team, coalesce(workers.worker, holder.worker) as worker
from typed.ssd_care_leavers as entry
left join typed.ssd_team_of as teams
    on
        entry.authority = teams.authority and entry.extracted_on = teams.extracted_on
        and entry.clea_care_leaver_allocated_team = teams.team_id
left join typed.ssd_worker_of as workers
    on
        entry.authority = workers.authority and entry.extracted_on = workers.extracted_on
        and entry.clea_care_leaver_worker_id = workers.worker_id
left join typed.ssd_holder as holder
    on
        entry.authority = holder.authority and entry.extracted_on = holder.extracted_on
        and entry.clea_person_id = holder.person_id
where entry.is_counted and entry.clea_person_id is not null
