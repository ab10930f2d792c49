-- One row per child that List 6 names; it counts where the episode is open at the date and its status is looked after.
select
    person_id as case_id,
    person_id as child_id,
    team,
    coalesce(
        outside_open(cin_start_date, cin_close_date, $as_at),
        case
            when case_status = 'looked_after' or case_status is null then null
            when case_status = 'closed' then 'closed_status'
            when case_status = 'child_protection_plan' then 'child_protection_plan_status'
            else 'other_status'
        end
    ) as outside,
    open_at(cin_start_date, cin_close_date, cin_close_date_unusable, $as_at) is not null and case_status is not null as countable,
    cin_start_date as starts_on,
    replace(case_status, '_', ' ') as says,
    delivery_id,
    source_row
from cin_episodes
