-- Early help assessments.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.person by name
select
    authority, 'annex_a.list_02' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_02
where is_counted and child_unique_id is not null;

insert into conformed.early_help_episodes by name
select
    authority, 'annex_a.list_02' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, assessment_start_date as episode_start_date,
    assessment_start_date is null as episode_start_date_unusable, assessment_completion_date as episode_end_date,
    assessment_completion_date_unusable as episode_end_date_unusable, organisation_completing_assessment as episode_organisation
from typed.annex_a_list_02
where is_counted and child_unique_id is not null;
