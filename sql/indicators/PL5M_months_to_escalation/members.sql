-- One row per time in pre-proceedings; a member is one that began in the period while the child was on a plan. The value is how many
-- months the plan had lasted then.
with spells as (
    select * from times_in_pre_proceedings('pre_proceedings', $as_at)
),

under as (
    select
        spells.case_id,
        max(cp_plan_start_date) filter (
            open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, pre_pro_start_date)
        ) as plan_on,
        bool_or(
            open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, pre_pro_start_date) is null
        ) as unknown
    from spells
    join cp_plans using (person_id)
    group by spells.case_id
),

cases as (
    select
        spells.*,
        plan_on,
        pre_pro_start_date is not null and (plan_on is not null or not coalesce(unknown, false)) as countable,
        case
            when pre_pro_start_date > $as_at then 'not_begun'
            when pre_pro_start_date < $period_start then 'not_in_period'
            when pre_pro_start_date is not null and plan_on is null and not coalesce(unknown, false) then 'no_plan'
        end as outside
    from spells
    left join under using (case_id)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    pre_pro_start_date as starts_on,
    pre_pro_start_date as decides_on,
    null::date as due_on,
    null::date as done_on,
    if(state = 'met', (pre_pro_start_date - plan_on) * 12 / 365.25, null)::double as value,
    delivery_id,
    source_row
from cases
