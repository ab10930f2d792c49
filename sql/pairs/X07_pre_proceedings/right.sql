-- One row per child; it counts where the child is in pre-proceedings at the date by the case system.
select
    person_id as case_id,
    person_id as child_id,
    team,
    if(not_open = 'ended', 'decided', not_open) as outside,
    is_open is not null as countable,
    pre_pro_start_date as starts_on,
    replace(pre_pro_came_to(pre_pro_outcome), '_', ' ') as says,
    pre_pro_came_to(pre_pro_outcome) as code,
    agree_stepdown_issue_date as coded_on,
    delivery_id,
    source_row
from times_in_pre_proceedings('pre_proceedings', $as_at)
qualify row_number() over (
    partition by person_id
    order by not_open is not null, pre_pro_start_date is null, pre_pro_start_date desc, delivery_id desc, source_row desc
) = 1
