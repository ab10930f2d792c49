-- Every time a child was missing or away without leave.
insert into conformed.missing by name
select
    authority, 'ssda903.missing' as contract, delivery_id, source_row, extracted_on,
    child as person_id, mis_start as missing_episode_start_date, mis_start is null as missing_episode_start_date_unusable,
    missing as missing_episode_type, mis_end as missing_episode_end_date, mis_end_unusable as missing_episode_end_date_unusable
from typed.ssda903_missing
where is_counted and child is not null;
