-- Periods of care, placements and legal statuses, as sql/shared/care_chain.sql and care_spells.sql derive them from the episodes.
insert into conformed.cla_episodes by name
select
    authority, 'ssda903.episodes' as contract, delivery_id, source_row, extracted_on,
    child as person_id, started_on as cla_start_date, started_on is null as cla_start_date_unusable,
    ceased_on as cla_ceased_date, ceased_on_unusable as cla_ceased_date_unusable, ceased_reason as cla_ceased_reason,
    legal_status, legal_status_unusable, if(second_period, 'yes', 'no') as second_period,
    placements as placements_last_12_months, placements is null as placements_last_12_months_unusable,
    primary_need as cla_primary_need, start_reason as cla_episode_start_reason,
    placements_same_carer as placements_same_carer_last_12_months, chain_problem
from care_periods('typed.ssda903_episodes');

insert into conformed.cla_placement by name
select
    authority, 'ssda903.episodes' as contract, delivery_id, source_row, extracted_on,
    child as person_id, started_on as cla_placement_start_date, started_on is null as cla_placement_start_date_unusable,
    place as cla_placement_type, provider as cla_placement_provider, postcode as cla_placement_postcode, urn as cla_placement_urn,
    ended_on as cla_placement_end_date, ended_on_unusable as cla_placement_end_date_unusable,
    change_reason as cla_placement_change_reason, start_reason as cla_placement_start_reason, counts_as_move, chain_problem
from care_placements('typed.ssda903_episodes');

insert into conformed.legal_status by name
select
    authority, 'ssda903.episodes' as contract, delivery_id, source_row, extracted_on,
    child as person_id, legal_status, legal_status_unusable, started_on as legal_status_start_date,
    started_on is null as legal_status_start_date_unusable, ended_on as legal_status_end_date,
    ended_on_unusable as legal_status_end_date_unusable, chain_problem
from care_statuses('typed.ssda903_episodes');

insert into conformed.cla_moves by name
select
    authority, 'ssda903.episodes' as contract, delivery_id, source_row, extracted_on,
    child as person_id, ended_on as move_date, ended_on is null as move_date_unusable, change_reason as move_reason
from care_placements('typed.ssda903_episodes')
where next_start is not null and not short_break;
