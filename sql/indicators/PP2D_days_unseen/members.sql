-- One row per child; a member is a child on a plan in the period whose first visit has fallen due by its end. The value is the number of
-- working days of the period on which the child's last visit, or the plan's start, lay further back than the interval allows.
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

gaps as (
    select
        plans.person_id,
        plans.cp_plan_start_date,
        add_working_days(days.day, plans.every) as due_on,
        least(
            lead(days.day) over (partition by plans.person_id, plans.cp_plan_start_date order by days.day),
            plans.cp_plan_end_date - 1,
            $as_at
        ) as until
    from plans
    join days using (person_id, cp_plan_start_date)
),

unseen as (
    select
        person_id,
        cp_plan_start_date,
        sum(greatest(0, working_days(greatest(due_on, ($period_start - interval 1 day)::date), until))) as days_unseen
    from gaps
    group by person_id, cp_plan_start_date
),

dated as (
    select *, if(cp_plan_start_date is null, null, add_working_days(counted_from, every)) as due_on from plans
),

judged as (
    select
        dated.*,
        days_unseen,
        case
            when cp_plan_end_date <= $period_start then 'closed'
            when cp_plan_start_date > $as_at then 'not_begun'
            when due_on >= least($as_at, cp_plan_end_date - 1) then 'too_new'
        end as outside
    from dated
    left join unseen using (person_id, cp_plan_start_date)
),

cases as (
    select
        *,
        cp_plan_start_date is not null and cp_plan_end_date_unusable is not true as countable,
        sum(days_unseen) filter (outside is null) over (partition by person_id)::double as measured
    from judged
    qualify row_number() over (
        partition by person_id order by outside is not null, not countable desc, cp_plan_start_date desc, delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    null::date as decides_on,
    due_on,
    null::date as done_on,
    if(state = 'met', measured, null) as value,
    delivery_id,
    source_row
from cases
