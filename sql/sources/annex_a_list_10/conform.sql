-- Children with a decision on adoption.
insert into conformed.person by name
select
    authority, 'annex_a.list_10' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_10
where is_counted and child_unique_id is not null;

insert into conformed.disability by name
select
    authority, 'annex_a.list_10' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, does_the_child_have_a_disability as disability_code
from typed.annex_a_list_10
where is_counted and child_unique_id is not null;

insert into conformed.permanence by name
select
    authority, 'annex_a.list_10' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, family_identifier as family_id, date_the_child_entered_care as entered_care_date,
    date_the_child_entered_care_unusable as entered_care_date_unusable,
    date_of_decision_that_child_should_be_placed_for_adoption as adm_decision_date,
    date_of_decision_that_child_should_be_placed_for_adoption_unusable as adm_decision_date_unusable,
    date_of_placement_order as placement_order_date, date_of_placement_order_unusable as placement_order_date_unusable,
    date_of_matching_child_and_prospective_adopters as matched_date,
    date_of_matching_child_and_prospective_adopters_unusable as matched_date_unusable,
    date_placed_for_adoption as placed_for_adoption_date, date_placed_for_adoption_unusable as placed_for_adoption_date_unusable,
    date_of_adoption_order as permanence_order_date, date_of_adoption_order_unusable as permanence_order_date_unusable,
    date_of_decision_that_child_should_no_longer_be_placed_for_adoption as decision_reversed_date,
    date_of_decision_that_child_should_no_longer_be_placed_for_adoption_unusable as decision_reversed_date_unusable,
    reason_why_child_no_longer_placed_for_adoption as decision_reversed_reason,
    date_the_child_was_placed_for_fostering_in_ffa_or_concurrent_planning_placement as placed_ffa_cp_date,
    date_the_child_was_placed_for_fostering_in_ffa_or_concurrent_planning_placement_unusable as placed_ffa_cp_date_unusable
from typed.annex_a_list_10
where is_counted and child_unique_id is not null;
