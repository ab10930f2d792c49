-- The latest period of care of each child. Reviews, visits and checks have a row each even where blank: that an extract showed none
-- is known, too.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.person by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;

insert into conformed.disability by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, does_the_child_have_a_disability as disability_code
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;

insert into conformed.cla_episodes by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, date_started_to_be_looked_after as cla_start_date,
    date_started_to_be_looked_after is null as cla_start_date_unusable, date_ceased_to_be_looked_after as cla_ceased_date,
    date_ceased_to_be_looked_after_unusable as cla_ceased_date_unusable, reason_ceased_to_be_looked_after as cla_ceased_reason,
    childs_legal_status as legal_status, childs_legal_status_unusable as legal_status_unusable,
    is_this_a_second_or_subsequent_period_of_being_a_looked_after_child_within_the_last_12_months_y_n as second_period,
    number_of_placements_in_the_last_12_months as placements_last_12_months,
    number_of_placements_in_the_last_12_months_unusable as placements_last_12_months_unusable,
    what_is_the_permanence_plan_for_this_child as permanence_plan, childs_category_of_need as cla_primary_need,
    unaccompanied_asylum_seeking_child_uasc_within_the_last_12_months_y_n as uasc,
    date_of_last_iro_visit_contact_to_the_child as cla_last_iro_contact_date,
    date_of_last_iro_visit_contact_to_the_child_unusable as cla_last_iro_contact_date_unusable, team, worker
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;

insert into conformed.cla_placement by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, start_date_of_most_recent_placement as cla_placement_start_date,
    start_date_of_most_recent_placement_unusable as cla_placement_start_date_unusable, placement_type as cla_placement_type,
    placement_provider as cla_placement_provider, placement_postcode as cla_placement_postcode,
    urn_of_placement as cla_placement_urn, placement_location as cla_placement_location,
    la_of_placement as cla_placement_authority
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;

insert into conformed.legal_status by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, childs_legal_status as legal_status, childs_legal_status_unusable as legal_status_unusable,
    start_date_of_current_legal_status as legal_status_start_date,
    start_date_of_current_legal_status_unusable as legal_status_start_date_unusable
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;

insert into conformed.cla_reviews by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, date_of_latest_statutory_review as cla_review_date,
    date_of_latest_statutory_review_unusable as cla_review_date_unusable, date_started_to_be_looked_after as cla_start_date
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;

insert into conformed.cla_visits by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, date_of_last_social_work_visit as cla_visit_date,
    date_of_last_social_work_visit_unusable as cla_visit_date_unusable, date_started_to_be_looked_after as cla_start_date
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;

insert into conformed.cla_health by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, 'health assessment' as health_check_type, date_of_last_health_assessment as health_check_date,
    date_of_last_health_assessment_unusable as health_check_date_unusable
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;

insert into conformed.cla_health by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, 'dental check' as health_check_type, date_of_last_dental_check as health_check_date,
    date_of_last_dental_check_unusable as health_check_date_unusable
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;

insert into conformed.missing by name
select
    authority, 'annex_a.list_08' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id,
    number_of_episodes_the_child_has_been_missing_from_their_placement_in_the_last_12_months as missing_episodes_last_12_months,
    number_of_episodes_the_child_has_been_missing_from_their_placement_in_the_last_12_months_unusable
        as missing_episodes_last_12_months_unusable,
    number_of_episodes_the_child_has_been_absent_from_their_placement_in_the_last_12_months as absent_episodes_last_12_months,
    number_of_episodes_the_child_has_been_absent_from_their_placement_in_the_last_12_months_unusable
        as absent_episodes_last_12_months_unusable,
    was_the_child_offered_a_return_interview_after_their_last_missing_episode_y_n as missing_rhi_offered,
    did_the_child_accept_a_return_interview_after_their_last_missing_episode_y_n as missing_rhi_accepted
from typed.annex_a_list_08
where is_counted and child_unique_id is not null;
