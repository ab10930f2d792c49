-- One row per plan; a member is a plan whose first core group fell due in the period, met where one was held by then. A group that is
-- planned, cancelled or of which nobody said that it was held is none.
with plans as (
    select *
    from cp_plans
    qualify
        row_number() over (partition by person_id, cp_plan_start_date order by delivery_id desc, source_row desc) = 1
        and (cp_plan_start_date is not null or count(cp_plan_start_date) over (partition by person_id) = 0)
),

groups as (
    select * from as_it_stands('core_groups')
),

held as (
    select
        plans.person_id,
        plans.cp_plan_start_date,
        min(core_group_date) filter (status = 'held') as held_on,
        bool_or(
            core_group_date_unusable
            or (
                status_unusable
                and core_group_date <= add_working_days(plans.cp_plan_start_date, $first_within_working_days)
            )
        ) as unclear
    from plans
    join groups using (person_id)
    where core_group_date_unusable or core_group_date between plans.cp_plan_start_date and $as_at
    group by plans.person_id, plans.cp_plan_start_date
),

dated as (
    select *, add_working_days(cp_plan_start_date, $first_within_working_days) as due_on
    from plans
    left join held using (person_id, cp_plan_start_date)
),

cases as (
    select
        *,
        event_case(person_id, cp_plan_start_date, source_row) as case_id,
        coalesce(held_on <= due_on, false) as met,
        case
            when cp_plan_start_date > $as_at then 'not_begun'
            when not met and cp_plan_end_date <= if(due_on is null, $period_start, least(due_on, $as_at)) then 'ended_first'
            when due_on > $as_at then 'not_due'
            when due_on < $period_start then 'not_in_period'
        end as outside
    from dated
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_due' and held_on is null,
        cp_plan_start_date is not null and (met or cp_plan_end_date_unusable is not true), if(unclear and not met, 'unusable', null), met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    held_on as decides_on,
    due_on,
    held_on as done_on,
    delivery_id,
    source_row
from cases
