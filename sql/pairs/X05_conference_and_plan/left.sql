-- One row per child and conference; it counts where the conference was held in the months up to the date and made a plan.
select
    event_case(person_id, icpc_date, source_row) as case_id,
    person_id as child_id,
    team,
    case
        when icpc_date <= $as_at - to_months($over_months) then 'before'
        when icpc_date > $as_at then 'after'
        when icpc_outcome_cp = 'no' then 'no_plan_made'
    end as outside,
    icpc_date is not null and icpc_outcome_cp is not null as countable,
    icpc_date as starts_on,
    icpc_outcome_cp as says,
    delivery_id,
    source_row
from initial_cp_conference
qualify row_number() over (
    partition by case_id order by outside is not null, countable desc, delivery_id desc, source_row desc
) = 1
