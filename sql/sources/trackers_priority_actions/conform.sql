-- The improvement plan's priorities with their milestones.
insert into conformed.priority_actions by name
select
    authority, 'trackers.priority_actions' as contract, delivery_id, source_row, extracted_on,
    priority, milestone, indicator as indicator_id, milestone_due_date as due_date,
    milestone_due_date_unusable as due_date_unusable, milestone_reached_date as reached_date,
    milestone_reached_date_unusable as reached_date_unusable, rag, rag_unusable, reported_date,
    reported_date_unusable, milestone_owner as owner
from typed.trackers_priority_actions
where is_counted and reject_reason is null;
