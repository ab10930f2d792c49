-- One row per child in need, on a plan or looked after; a member is one whose work is open at the date, met where no worker holds it: no
-- allocation, one to a team or to duty, one to a manager, or one to a worker who has left.
with cases as (
    select
        children.*,
        held.unclear is true as unclear,
        held.person_id is null or held.holder is null
        or coalesce(held.professional_role_id, 'allocated') <> 'allocated'
        or coalesce(people.professional_role in ('team_manager', 'middle_manager', 'senior_manager'), false)
        or people.outside_post = 'left' as without_worker,
        coalesce(held.professional_team, children.team) as held_in,
        held.holder
    from open_children('cin_episodes', 'cp_plans', 'cla_episodes', $as_at) as children
    left join holders_at('involvements', 'professionals', $as_at) as held using (person_id)
    left join staff_at('professionals', $as_at) as people on held.holder = people.professional_id
)

select
    person_id as case_id,
    person_id as child_id,
    held_in as team,
    holder as worker,
    case_state(outside, false, countable, if(unclear, 'unusable', null), coalesce(without_worker, false)) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    began as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
