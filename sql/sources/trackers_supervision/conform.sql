-- Supervision, of a worker or about a child.
-- A row rejected for its date names a worker all the same: it is kept, its date marked unusable.
insert into conformed.supervision by name
select
    authority, 'trackers.supervision' as contract, delivery_id, source_row, extracted_on,
    worker, supervision_date, supervision_date is null as supervision_date_unusable, supervision_kind,
    supervision_kind_unusable, child_id as person_id, supervisor, next_supervision_date,
    next_supervision_date_unusable, management_decision_recorded as decision_recorded, actions_agreed, team
from typed.trackers_supervision
where is_counted and worker is not null;
