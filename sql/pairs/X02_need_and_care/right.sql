-- One row per child that List 8 names; it counts where the child is looked after at the date, short breaks aside.
select
    person_id as case_id,
    person_id as child_id,
    team,
    outside,
    countable and legal_status_unusable is not true as countable,
    cla_start_date as starts_on,
    legal_status as says,
    delivery_id,
    source_row
from care_at('cla_episodes', $as_at)
