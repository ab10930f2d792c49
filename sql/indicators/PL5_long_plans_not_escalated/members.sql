-- One row per child that List 7 names; a member is a child on a plan at the as-at date for fifteen months or more, met where the
-- child is not in pre-proceedings and no application to the court came of them.
with times as (
    select
        person_id,
        bool_or(
            is_open or court_application_date <= $as_at or (ended_on <= $as_at and pre_pro_came_to(pre_pro_outcome) = 'issue')
        ) as there,
        bool_or(is_open is null) as unknown
    from times_in_pre_proceedings('pre_proceedings', $as_at)
    group by person_id
),

cases as (
    select
        plans.*,
        coalesce(there, false) as there,
        coalesce(unknown, false) and not coalesce(there, false) as unknown,
        coalesce(
            not_open, if(cp_plan_start_date > ($as_at - to_months($plan_at_least_months))::date, 'too_new', null)
        ) as outside
    from plan_of_child('cp_plans', $as_at) as plans
    left join times using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, on_a_plan is not null, if(unknown, 'unusable', null), not there) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    cp_plan_start_date as decides_on,
    (cp_plan_start_date + to_months($plan_at_least_months))::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
