-- One row per child whose worker is on the list of staff; it counts where the worker is in post at the date.
select
    held.person_id as case_id,
    held.person_id as child_id,
    coalesce(people.team, held.professional_team) as team,
    people.outside_post as outside,
    people.post_is_known and not held.unclear as countable,
    people.role_start_date as starts_on,
    if(people.role_end_date is null, 'in post', 'left ' || strftime(people.role_end_date, '%d/%m/%Y')) as says,
    people.delivery_id,
    people.source_row
from holders_at('involvements', 'professionals', $as_at) as held
join staff_at('professionals', $as_at) as people on held.holder = people.professional_id
