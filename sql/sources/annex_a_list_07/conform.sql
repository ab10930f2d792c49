-- The latest plan of each child. A visit and a review have a row each even where blank: that an extract showed none is known, too.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.person by name
select
    authority, 'annex_a.list_07' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_07
where is_counted and child_unique_id is not null;

insert into conformed.disability by name
select
    authority, 'annex_a.list_07' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, does_the_child_have_a_disability as disability_code
from typed.annex_a_list_07
where is_counted and child_unique_id is not null;

insert into conformed.cp_plans by name
select
    authority, 'annex_a.list_07' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, child_protection_plan_start_date as cp_plan_start_date,
    child_protection_plan_start_date is null as cp_plan_start_date_unusable, child_protection_plan_end_date as cp_plan_end_date,
    child_protection_plan_end_date_unusable as cp_plan_end_date_unusable, initial_category_of_abuse as initial_category,
    latest_category_of_abuse as latest_category, number_of_previous_child_protection_plans as previous_plans,
    number_of_previous_child_protection_plans_unusable as previous_plans_unusable,
    subject_to_emergency_protection_order_or_protected_under_police_powers_in_last_six_months_y_n as emergency_protection, team,
    worker
from typed.annex_a_list_07
where is_counted and child_unique_id is not null;

insert into conformed.cp_visits by name
select
    authority, 'annex_a.list_07' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, date_of_the_last_statutory_visit as cp_visit_date,
    date_of_the_last_statutory_visit_unusable as cp_visit_date_unusable, was_the_child_seen_alone as seen_alone,
    was_the_child_seen_alone_unusable as seen_alone_unusable, child_protection_plan_start_date as cp_plan_start_date
from typed.annex_a_list_07
where is_counted and child_unique_id is not null;

insert into conformed.cp_reviews by name
select
    authority, 'annex_a.list_07' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, date_of_latest_review_conference as cp_review_date,
    date_of_latest_review_conference_unusable as cp_review_date_unusable, child_protection_plan_start_date as cp_plan_start_date
from typed.annex_a_list_07
where is_counted and child_unique_id is not null;
