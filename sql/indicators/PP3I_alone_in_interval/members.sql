-- One row per child; a member is a child on a plan at the as-at date for longer than the visiting interval, born, met where some visit
-- within the interval saw the child alone.
with plans as (
    select *, by_kind($visit_within_working_days_by, latest_category) as every from plan_of_child('cp_plans', $as_at)
),

births as (
    select
        person_id,
        arg_max(
            {'born_on': date_of_birth, 'unusable': date_of_birth_unusable},
            {
                'known': date_of_birth is not null, 'contract': contract = 'annex_a.list_07', 'on': extracted_on,
                'delivery': delivery_id, 'row': source_row
            }
        ) as birth
    from person
    group by person_id
),

alone as (
    select
        plans.person_id,
        max(visit_date) filter (alone) as alone_on,
        bool_or(alone_unusable and not alone) as unclear
    from plans
    join days_seen('visits', 'cp') as seen using (person_id)
    where seen.visit_date <= $as_at and working_days(seen.visit_date, $as_at) <= plans.every
    group by plans.person_id
),

cases as (
    select
        plans.*,
        alone_on,
        alone_on is not null as met,
        coalesce(unclear, false) as unclear,
        on_a_plan is not null and (birth['born_on'] is not null or birth['unusable'] is not true) as countable,
        case
            when not_open is not null then not_open
            when birth['born_on'] > $as_at then 'unborn'
            when working_days(cp_plan_start_date, $as_at) <= every then 'too_new'
        end as outside
    from plans
    left join births using (person_id)
    left join alone using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, if(unclear and not met, 'unusable', null), met) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    alone_on as decides_on,
    null::date as due_on,
    alone_on as done_on,
    delivery_id,
    source_row
from cases
