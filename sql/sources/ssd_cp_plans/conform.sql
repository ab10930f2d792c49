-- Plans of the authority's own; how many the child had before is counted here. A child has a row among the children beside each plan, as
-- on Annex A's list of plans.
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

insert into conformed.person by name
select
    entry.authority, 'ssd.cp_plans' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.cppl_person_id as person_id, coalesce(child.pers_sex, child.pers_gender) as sex, child.pers_ethnicity as ethnicity,
    coalesce(child.pers_dob, child.pers_expected_dob) as date_of_birth,
    child.pers_dob is null and child.pers_expected_dob is null
    and coalesce(child.pers_dob_unusable or child.pers_expected_dob_unusable, false) as date_of_birth_unusable
from typed.ssd_cp_plans as entry
left join typed.ssd_beside as beside
    on
        entry.authority = beside.authority and entry.extracted_on = beside.extracted_on
        and beside.contract = 'ssd.person'
left join typed.ssd_person as child
    on
        entry.authority = child.authority and beside.beside_on = child.extracted_on and child.is_counted
        and entry.cppl_person_id = child.pers_person_id
where entry.is_counted and entry.cppl_person_id is not null
