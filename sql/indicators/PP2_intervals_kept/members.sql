-- One row per interval between two days on which a child on a plan was seen, the plan's first day being the first; a member is an
-- interval whose visit fell due in the period, met where the child was seen by then. One late visit stays late when the next is typed.
-- Before the first visit of the whole history nobody knows who was seen: a plan from before is counted from that day.
with plans as (
    select
        *,
        by_kind($visit_within_working_days_by, latest_category) as every,
        greatest(cp_plan_start_date, (select min(visit_date) from visits)) as counted_from
    from cp_plans
    qualify
        row_number() over (partition by person_id, cp_plan_start_date order by delivery_id desc, source_row desc) = 1
        and (cp_plan_start_date is not null or count(cp_plan_start_date) over (partition by person_id) = 0)
),

days as (
    select person_id, cp_plan_start_date, counted_from as day from plans where counted_from <= $as_at
    union
    select plans.person_id, plans.cp_plan_start_date, seen.visit_date
    from plans
    join days_seen('visits', 'cp') as seen using (person_id)
    where seen.visit_date > plans.counted_from and seen.visit_date <= least($as_at, plans.cp_plan_end_date)
),

intervals as (
    select
        plans.*,
        if(plans.cp_plan_start_date is null, null, coalesce(days.day, plans.counted_from)) as since,
        lead(days.day) over (partition by plans.person_id, plans.cp_plan_start_date order by days.day) as seen_on,
        add_working_days(since, every) as due_on
    from plans
    left join days using (person_id, cp_plan_start_date)
),

cases as (
    select
        *,
        event_case(person_id, since, source_row) as case_id,
        coalesce(seen_on <= due_on, false) as met,
        case
            when since > $as_at then 'not_begun'
            when not met and cp_plan_end_date <= if(due_on is null, $period_start, least(due_on, $as_at)) then 'ended_first'
            when due_on > $as_at then 'not_due'
            when due_on < $period_start then 'not_in_period'
        end as outside
    from intervals
    qualify row_number() over (partition by case_id order by cp_plan_start_date desc, delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_due' and seen_on is null, since is not null and (met or cp_plan_end_date_unusable is not true), null, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    since as starts_on,
    seen_on as decides_on,
    due_on,
    seen_on as done_on,
    delivery_id,
    source_row
from cases
