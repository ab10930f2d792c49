-- Answers for the whole year: they have no date, so they are no health checks of a day (conformed.cla_health).
insert into conformed.cla_outcomes by name
select
    authority, 'ssda903.oc2' as contract, delivery_id, source_row, extracted_on,
    child as person_id, year_of_return as outcome_year, sdq_score, sdq_score_unusable, sdq_reason, convicted,
    health_check, immunisations, teeth_check, health_assessment, substance_misuse, intervention_received, intervention_offered
from typed.ssda903_oc2
join typed.return_years using (delivery_id)
where is_counted and child is not null;
