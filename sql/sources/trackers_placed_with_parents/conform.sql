-- Placements with parents and their authorisation.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.parent_placements by name
select
    authority, 'trackers.placed_with_parents' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, placed_with_parents_date as placement_start_date,
    placed_with_parents_date is null as placement_start_date_unusable, legal_status,
    regulation_17_assessment_date as assessment_date,
    regulation_17_assessment_date_unusable as assessment_date_unusable, authorised_date, authorised_date_unusable,
    authorised_by, immediate_placement, assessment_after_placement_date as later_assessment_date,
    assessment_after_placement_date_unusable as later_assessment_date_unusable,
    management_agreement_recorded as management_agreement, placement_end_date, placement_end_date_unusable, worker,
    team
from typed.trackers_placed_with_parents
where is_counted and child_id is not null;
