-- One row per core group held, with the one after it; a member is a core group after which the next fell due in the period, met where one
-- was held by then. A plan under which none was held yet is PP4's.
with plans as (
    select *
    from cp_plans
    qualify
        row_number() over (partition by person_id, cp_plan_start_date order by delivery_id desc, source_row desc) = 1
        and (cp_plan_start_date is not null or count(cp_plan_start_date) over (partition by person_id) = 0)
),

days as (
    select plans.person_id, plans.cp_plan_start_date, groups.core_group_date as day
    from plans
    join as_it_stands('core_groups') as groups using (person_id)
    where
        groups.status = 'held' and groups.core_group_date >= plans.cp_plan_start_date
        and groups.core_group_date <= least($as_at, plans.cp_plan_end_date)
    group by all
),

intervals as (
    select
        plans.*,
        day as since,
        lead(day) over (partition by plans.person_id, plans.cp_plan_start_date order by day) as held_on,
        day + $at_most_days_apart as due_on
    from plans
    left join days using (person_id, cp_plan_start_date)
),

cases as (
    select
        *,
        event_case(person_id, coalesce(since, cp_plan_start_date), source_row) as case_id,
        coalesce(held_on <= due_on, false) as met,
        case
            when since is null and cp_plan_start_date is not null then 'none_held'
            when not met and cp_plan_end_date <= if(due_on is null, $period_start, least(due_on, $as_at)) then 'ended_first'
            when due_on > $as_at then 'not_due'
            when due_on < $period_start then 'not_in_period'
        end as outside
    from intervals
    qualify row_number() over (partition by case_id order by since is null, cp_plan_start_date desc, delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_due' and held_on is null, since is not null and (met or cp_plan_end_date_unusable is not true), null, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    since as starts_on,
    held_on as decides_on,
    due_on,
    held_on as done_on,
    delivery_id,
    source_row
from cases
