-- One row per child with an episode of need; a member is a child open as a child in need: as the list says, else neither on a protection
-- plan nor looked after. Met where no plan is open; unusable where that is not known.
with plans as (
    select
        person_id,
        bool_or(open_at(cin_plan_start_date, cin_plan_end_date, cin_plan_end_date_unusable, $as_at)) as has_plan,
        bool_or(open_at(cin_plan_start_date, cin_plan_end_date, cin_plan_end_date_unusable, $as_at) is null) as unknown_plan,
        max(cin_plan_start_date) filter (cin_plan_start_date <= $as_at) as plan_on
    from cin_plans
    group by person_id
),

elsewhere as (
    select person_id
    from cp_plans
    where open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, $as_at)
    union
    select person_id
    from cla_episodes
    where open_at(cla_start_date, cla_ceased_date, cla_ceased_date_unusable, $as_at)
),

cases as (
    select
        episode.*,
        plan_on,
        coalesce(has_plan, false) as has_plan,
        coalesce(unknown_plan, false) as unknown_plan,
        (select max(extracted_on) from cin_plans) < $as_at::date - $plans_known_within_days::integer as is_old,
        open_at(cin_start_date, cin_close_date, cin_close_date_unusable, $as_at) as is_open,
        coalesce(
            outside_open(cin_start_date, cin_close_date, $as_at),
            if(coalesce(case_status = 'cin_plan', elsewhere.person_id is null), null, 'no_plan')
        ) as outside
    from cin_episodes as episode
    left join plans on episode.person_id = plans.person_id
    left join elsewhere on episode.person_id = elsewhere.person_id
    qualify row_number() over (
        partition by episode.person_id
        order by outside is not null, cin_start_date is null, episode.delivery_id desc, episode.source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, is_open is not null,
        if(not has_plan and (unknown_plan or is_old), 'unusable', null), not has_plan
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cin_start_date as starts_on,
    plan_on as decides_on,
    null::date as due_on,
    if(has_plan, plan_on, null) as done_on,
    delivery_id,
    source_row
from cases
