-- One row per worker whom the case system names; it counts where the worker holds a child's case at the date.
with held as (
    select holder, count(*) as cases, max(professional_team) as team
    from holders_at('involvements', 'professionals', $as_at)
    where holder is not null and coalesce(professional_role_id, 'allocated') = 'allocated'
    group by holder
)

select
    people.professional_id as case_id,
    null::varchar as child_id,
    coalesce(held.team, people.team) as team,
    if(held.holder is null, 'no_open_case', null) as outside,
    true as countable,
    null::date as starts_on,
    coalesce(held.cases, 0) || if(held.cases = 1, ' case', ' cases') as says,
    people.delivery_id,
    people.source_row
from staff_at('professionals', $as_at) as people
left join held on people.professional_id = held.holder
