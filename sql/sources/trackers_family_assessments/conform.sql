-- Parenting and viability assessments.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.family_assessments by name
select
    authority, 'trackers.family_assessments' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, assessment_type, assessment_type_unusable, who_is_assessed,
    date_commissioned as commissioned_date, date_commissioned is null as commissioned_date_unusable,
    assessment_start_date as start_date, assessment_start_date_unusable as start_date_unusable,
    assessment_due_date as due_date, assessment_due_date_unusable as due_date_unusable,
    assessment_completed_date as completed_date, assessment_completed_date_unusable as completed_date_unusable,
    assessment_result as result, for_court, assessor as worker, team
from typed.trackers_family_assessments
where is_counted and child_id is not null;
