-- One row per child of the second list; it counts where it is open at the date.
select
    person_id as case_id,
    person_id as child_id,
    team,
    outside_care(cla_start_date, cla_ceased_date, legal_status, $as_at) as outside,
    in_care_is_known(cla_start_date, cla_ceased_date_unusable) as countable,
    cla_start_date as starts_on,
    legal_status as says,
    delivery_id,
    source_row
from cla_episodes
