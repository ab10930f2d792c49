-- One row per child whose case a worker holds at the date.
select
    person_id as case_id,
    person_id as child_id,
    professional_team as team,
    null::varchar as outside,
    not unclear as countable,
    involvement_start_date as starts_on,
    'worker ' || holder as says,
    delivery_id,
    source_row
from holders_at('involvements', 'professionals', $as_at)
where holder is not null
