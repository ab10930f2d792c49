-- Core groups, held, cancelled or planned.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.core_groups by name
select
    authority, 'trackers.core_groups' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, core_group_date, core_group_date is null as core_group_date_unusable,
    core_group_status as status, core_group_status_unusable as status_unusable, core_group_number,
    core_group_number_unusable, core_group_due_date as due_date, core_group_due_date_unusable as due_date_unusable,
    initial_conference_date as icpc_date, initial_conference_date_unusable as icpc_date_unusable, cp_plan_start_date,
    cp_plan_start_date_unusable, parents_attended, agencies_attended, core_group_minutes_date as minutes_date,
    core_group_minutes_date_unusable as minutes_date_unusable, worker, team
from typed.trackers_core_groups
where is_counted and child_id is not null;
