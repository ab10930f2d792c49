-- One row per child of the first list; it counts where it is open at the date.
select
    person_id as case_id,
    person_id as child_id,
    team,
    outside_open(cin_start_date, cin_close_date, $as_at) as outside,
    open_at(cin_start_date, cin_close_date, cin_close_date_unusable, $as_at) is not null as countable,
    cin_start_date as starts_on,
    case_status as says,
    delivery_id,
    source_row
from cin_episodes
