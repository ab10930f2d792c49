-- Care leavers.
insert into conformed.person by name
select
    authority, 'annex_a.list_09' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_09
where is_counted and child_unique_id is not null;

insert into conformed.disability by name
select
    authority, 'annex_a.list_09' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, does_the_child_have_a_disability as disability_code
from typed.annex_a_list_09
where is_counted and child_unique_id is not null;

insert into conformed.care_leavers by name
select
    authority, 'annex_a.list_09' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, eligibility_category as care_leaver_eligibility, la_in_touch as care_leaver_in_touch,
    latest_date_of_contact as care_leaver_latest_contact, latest_date_of_contact_unusable as care_leaver_latest_contact_unusable,
    type_of_accommodation as care_leaver_accommodation, suitability_of_accommodation as care_leaver_accom_suitable,
    activity_status as care_leaver_activity, latest_pathway_plan_review_date as pathway_plan_review_date,
    latest_pathway_plan_review_date_unusable as pathway_plan_review_date_unusable,
    allocated_personal_advisor as care_leaver_personal_advisor,
    unaccompanied_asylum_seeking_child_uasc_or_formerly_uasc_if_18_or_over_y_n as uasc,
    la_in_touch_unusable as care_leaver_in_touch_unusable,
    suitability_of_accommodation_unusable as care_leaver_accom_suitable_unusable,
    activity_status_unusable as care_leaver_activity_unusable, team, worker
from typed.annex_a_list_09
where is_counted and child_unique_id is not null;
