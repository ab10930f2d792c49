-- One row per child: how often within the twelve months before the read, and what followed the last time.
insert into conformed.missing by name
select
    authority, 'ssd.missing' as contract, arg_max(delivery_id, row_number) as delivery_id,
    arg_max(source_row, row_number) as source_row, extracted_on, miss_person_id as person_id,
    (count(*) filter (counts and not absent))::integer as missing_episodes_last_12_months,
    bool_or(miss_missing_episode_start_date is null) as missing_episodes_last_12_months_unusable,
    (count(*) filter (counts and absent))::integer as absent_episodes_last_12_months,
    bool_or(miss_missing_episode_start_date is null) as absent_episodes_last_12_months_unusable,
    arg_max(miss_missing_rhi_offered, miss_missing_episode_start_date) as missing_rhi_offered,
    arg_max(miss_missing_rhi_accepted, miss_missing_episode_start_date) as missing_rhi_accepted
from (
    select
        *, regexp_matches(coalesce(miss_missing_episode_type, ''), '(?i)^(a|.*absen)') as absent,
        miss_missing_episode_start_date > years_before(extracted_on, 1) and miss_missing_episode_start_date <= extracted_on as counts
    from typed.ssd_missing
    where is_counted and miss_person_id is not null
)
group by authority, extracted_on, miss_person_id
