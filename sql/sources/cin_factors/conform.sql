-- Factors found at assessments, one row each.
insert into conformed.assessment_factors by name
select
    authority, 'cin.factors' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    assessmentactualstartdate as assessment_start_date,
    assessmentactualstartdate is null as assessment_start_date_unusable,
    assessmentfactors as factor,
    assessmentfactors_unusable as factor_unusable
from typed.cin_factors
where is_counted and lachildid is not null;
