-- One row per child that List 7 names; it counts where the plan began in the months up to the date.
select
    person_id as case_id,
    person_id as child_id,
    team,
    case
        when cp_plan_start_date <= $as_at - to_months($over_months) then 'before'
        when cp_plan_start_date > $as_at then 'after'
    end as outside,
    cp_plan_start_date is not null as countable,
    cp_plan_start_date as starts_on,
    replace(latest_category, '_', ' ') as says,
    delivery_id,
    source_row
from cp_plans
qualify row_number() over (
    partition by person_id order by outside is not null, countable desc, delivery_id desc, source_row desc
) = 1
