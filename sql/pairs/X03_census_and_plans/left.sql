-- One row per child with a plan in the census; it counts where the plan is open on the last day of the year.
select
    person_id as case_id,
    person_id as child_id,
    team,
    not_open as outside,
    on_a_plan is not null as countable,
    cp_plan_start_date as starts_on,
    replace(initial_category, '_', ' ') as says,
    initial_category as code,
    cp_plan_start_date as coded_on,
    delivery_id,
    source_row
from plan_of_child('cp_plans', $as_at)
