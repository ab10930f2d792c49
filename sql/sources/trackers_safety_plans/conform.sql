-- Safety plans and their reviews. A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.safety_plans by name
select
    authority, 'trackers.safety_plans' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, safety_plan_start_date as start_date,
    safety_plan_start_date is null as start_date_unusable, safety_plan_reviewed_date as reviewed_date,
    safety_plan_reviewed_date_unusable as reviewed_date_unusable, safety_plan_review_due_date as review_due_date,
    safety_plan_review_due_date_unusable as review_due_date_unusable, safety_plan_end_date as end_date,
    safety_plan_end_date_unusable as end_date_unusable, under_child_protection_plan as on_cp_plan, signed_by_parents,
    worker, team
from typed.trackers_safety_plans
where is_counted and child_id is not null;
