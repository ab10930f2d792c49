-- Assessments.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.person by name
select
    authority, 'annex_a.list_04' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_04
where is_counted and child_unique_id is not null;

insert into conformed.disability by name
select
    authority, 'annex_a.list_04' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, does_the_child_have_a_disability as disability_code
from typed.annex_a_list_04
where is_counted and child_unique_id is not null;

insert into conformed.cin_assessments by name
select
    authority, 'annex_a.list_04' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, continuous_assessment_start_date as assessment_start_date,
    continuous_assessment_start_date is null as assessment_start_date_unusable,
    continuous_assessment_date_of_authorisation as assessment_auth_date,
    continuous_assessment_date_of_authorisation_unusable as assessment_auth_date_unusable,
    child_seen_during_continuous_assessment as assessment_child_seen,
    was_the_child_assessed_as_requiring_la_childrens_social_care_support as assessed_in_need, team, worker
from typed.annex_a_list_04
where is_counted and child_unique_id is not null;
