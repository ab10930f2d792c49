-- Case audits with moderation. A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.audits by name
select
    authority, 'trackers.audits' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, audit_date, audit_date is null as audit_date_unusable, audit_theme, audit_theme_unusable,
    audit_due_date as due_date, audit_due_date_unusable as due_date_unusable, original_grade, original_grade_unusable,
    moderated_grade, moderated_grade_unusable, moderated_date, moderated_date_unusable, auditor, moderator,
    worker_involved, worker_involved_unusable, child_involved, child_involved_unusable, parent_involved,
    parent_involved_unusable, worker, team
from typed.trackers_audits
where is_counted and child_id is not null;
