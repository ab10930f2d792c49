-- One row per child in the return; it counts where the child is looked after on the last day of the year, short breaks aside.
select
    person_id as case_id,
    person_id as child_id,
    team,
    outside,
    countable and legal_status_unusable is not true as countable,
    cla_start_date as starts_on,
    legal_status as says,
    break_or_care(legal_status) as code,
    cla_start_date as coded_on,
    delivery_id,
    source_row
from care_at('cla_episodes', $as_at)
