-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.early_help_episodes by name
select
    authority, 'ssd.early_help_episodes' as contract, delivery_id, source_row, extracted_on,
    earl_person_id as person_id, earl_episode_start_date as episode_start_date,
    earl_episode_start_date is null as episode_start_date_unusable, earl_episode_end_date as episode_end_date,
    earl_episode_end_date_unusable as episode_end_date_unusable, earl_episode_organisation as episode_organisation
from typed.ssd_early_help_episodes
where is_counted and earl_person_id is not null
