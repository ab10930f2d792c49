-- Enquiries with their initial conferences; a conference has a row of its own where a date for it is given, readable or not.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.person by name
select
    authority, 'annex_a.list_05' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_05
where is_counted and child_unique_id is not null;

insert into conformed.disability by name
select
    authority, 'annex_a.list_05' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, does_the_child_have_a_disability as disability_code
from typed.annex_a_list_05
where is_counted and child_unique_id is not null;

insert into conformed.s47_enquiry by name
select
    authority, 'annex_a.list_05' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, strategy_discussion_initiating_section_47_enquiry_start_date as s47_start_date,
    strategy_discussion_initiating_section_47_enquiry_start_date is null as s47_start_date_unusable,
    was_an_initial_child_protection_conference_deemed_unnecessary as icpc_unnecessary,
    was_an_initial_child_protection_conference_deemed_unnecessary_unusable as icpc_unnecessary_unusable,
    date_of_initial_child_protection_conference as icpc_date,
    date_of_initial_child_protection_conference_unusable as icpc_date_unusable,
    did_the_initial_child_protection_conference_result_in_a_child_protection_plan as icpc_outcome_cp,
    number_of_section_47_enquiries_in_the_last_12_months as s47_last_12_months,
    number_of_section_47_enquiries_in_the_last_12_months_unusable as s47_last_12_months_unusable,
    number_of_icpcs_in_the_last_12_months as icpcs_last_12_months,
    number_of_icpcs_in_the_last_12_months_unusable as icpcs_last_12_months_unusable, team, worker
from typed.annex_a_list_05
where is_counted and child_unique_id is not null;

insert into conformed.initial_cp_conference by name
select
    authority, 'annex_a.list_05' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, strategy_discussion_initiating_section_47_enquiry_start_date as s47_start_date,
    date_of_initial_child_protection_conference as icpc_date,
    date_of_initial_child_protection_conference_unusable as icpc_date_unusable,
    did_the_initial_child_protection_conference_result_in_a_child_protection_plan as icpc_outcome_cp, team, worker
from typed.annex_a_list_05
where is_counted and child_unique_id is not null
    and (date_of_initial_child_protection_conference is not null or date_of_initial_child_protection_conference_unusable);
