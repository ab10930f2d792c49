-- Plans of the authority's own; how many the child had before is counted here.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cp_plans by name
select
    entry.authority, 'ssd.cp_plans' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.cppl_person_id as person_id, entry.cppl_cp_plan_start_date as cp_plan_start_date,
    entry.cppl_cp_plan_start_date is null as cp_plan_start_date_unusable, entry.cppl_cp_plan_end_date as cp_plan_end_date,
    entry.cppl_cp_plan_end_date_unusable as cp_plan_end_date_unusable,
    entry.cppl_cp_plan_initial_category as initial_category, entry.cppl_cp_plan_latest_category as latest_category,
    if(entry.cppl_cp_plan_start_date is null, null, (count(*) over earlier)::integer) as previous_plans,
    false as previous_plans_unusable, holder.team, holder.worker
from typed.ssd_cp_plans as entry
left join typed.ssd_holder as holder
    on
        entry.authority = holder.authority and entry.extracted_on = holder.extracted_on
        and entry.cppl_person_id = holder.person_id
where entry.is_counted and entry.cppl_person_id is not null and entry.cppl_cp_plan_ola is distinct from 'yes'
window earlier as (
    partition by entry.authority, entry.extracted_on, entry.cppl_person_id order by entry.cppl_cp_plan_start_date
    range between unbounded preceding and interval 1 day preceding
);

insert into conformed.cp_plan_history by name
select
    authority, 'ssd.cp_plans' as contract, delivery_id, source_row, extracted_on,
    cppl_person_id as person_id, cppl_cp_plan_start_date as cp_plan_start_date,
    cppl_cp_plan_start_date is null as cp_plan_start_date_unusable, cppl_cp_plan_end_date as cp_plan_end_date,
    cppl_cp_plan_end_date_unusable as cp_plan_end_date_unusable
from typed.ssd_cp_plans
where is_counted and cppl_person_id is not null and cppl_cp_plan_ola is distinct from 'yes';
