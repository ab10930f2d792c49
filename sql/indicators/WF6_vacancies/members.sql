-- One row per line of the establishment: a team and a role, or the whole council from the census, which counts no posts that are
-- filled: for
-- it those in post are counted from the list of staff. Each line's share of vacant posts weighs all its posts.
with people as (
    select sum(fte) as in_post
    from staff_at('professionals', $as_at)
    where outside_post is null and agency_worker_flag is distinct from 'yes'
),

lines as (
    select
        posts.*,
        coalesce(posts.team, 'all teams') || '/' || coalesce(professional_role, 'all roles') as case_id,
        coalesce(filled_fte, if(posts.team is null and professional_role is null, people.in_post, null)) as filled,
        vacant_fte + filled as all_posts
    from posts cross join people
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    null::varchar as child_id,
    team,
    null::varchar as worker,
    case_state(null, false, true, null, all_posts > 0) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    null::varchar as outside,
    null::date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row,
    if(state = 'met', 100 * vacant_fte / all_posts, null)::double as value,
    if(state = 'met', all_posts, null)::double as weight
from lines
