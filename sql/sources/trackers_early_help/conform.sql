-- Early help, the edge of care included.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.early_help_episodes by name
select
    authority, 'trackers.early_help' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, family_id, early_help_start_date as episode_start_date,
    early_help_start_date is null as episode_start_date_unusable, early_help_end_date as episode_end_date,
    early_help_end_date_unusable as episode_end_date_unusable, early_help_reason as episode_reason,
    early_help_end_reason as episode_end_reason, organisation as episode_organisation, edge_of_care, last_visit_date,
    last_visit_date_unusable, worker, team
from typed.trackers_early_help
where is_counted and child_id is not null;
