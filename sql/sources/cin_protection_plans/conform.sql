-- Every plan open in the year.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cp_plans by name
select
    authority, 'cin.protection_plans' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    cppstartdate as cp_plan_start_date,
    cppstartdate is null as cp_plan_start_date_unusable,
    cppenddate as cp_plan_end_date,
    cppenddate_unusable as cp_plan_end_date_unusable,
    initialcategoryofabuse as initial_category,
    latestcategoryofabuse as latest_category,
    numberofpreviouscpp as previous_plans,
    numberofpreviouscpp_unusable as previous_plans_unusable
from typed.cin_protection_plans
where is_counted and lachildid is not null;

insert into conformed.cp_plan_history by name
select
    authority, 'cin.protection_plans' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    cppstartdate as cp_plan_start_date,
    cppstartdate is null as cp_plan_start_date_unusable,
    cppenddate as cp_plan_end_date,
    cppenddate_unusable as cp_plan_end_date_unusable
from typed.cin_protection_plans
where is_counted and lachildid is not null;
