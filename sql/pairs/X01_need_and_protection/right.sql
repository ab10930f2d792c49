-- One row per child that List 7 names; it counts where the plan is open at the date and List 8 does not have the child looked after then.
select
    plan.person_id as case_id,
    plan.person_id as child_id,
    plan.team,
    coalesce(plan.not_open, if(care.person_id is not null, 'also_looked_after', null)) as outside,
    plan.on_a_plan is not null as countable,
    plan.cp_plan_start_date as starts_on,
    replace(plan.latest_category, '_', ' ') as says,
    plan.delivery_id,
    plan.source_row
from plan_of_child('cp_plans', $as_at) as plan
left join care_at('cla_episodes', $as_at) as care
    on plan.person_id = care.person_id and care.countable and (care.outside is null or care.outside = 'short_break')
