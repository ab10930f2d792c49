-- Assessments.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cin_assessments by name
select
    authority, 'cin.assessments' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    assessmentactualstartdate as assessment_start_date,
    assessmentactualstartdate is null as assessment_start_date_unusable,
    assessmentauthorisationdate as assessment_auth_date,
    assessmentauthorisationdate_unusable as assessment_auth_date_unusable,
    cinreferraldate as referral_date
from typed.cin_assessments
where is_counted and lachildid is not null;
