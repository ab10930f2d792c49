-- One row per child, worker (or team) and start. A row rejected for its start names a child all the same: it is kept, marked.
insert into conformed.involvements by name
select
    authority, 'workforce.allocations' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, worker_id as professional_id, role as professional_role_id, team as professional_team,
    start_date as involvement_start_date, start_date is null as involvement_start_date_unusable, end_date as involvement_end_date,
    end_date_unusable as involvement_end_date_unusable, reason_for_change as worker_change_reason, referral_id
from typed.workforce_allocations
where is_counted and child_id is not null;

-- Initials go onto the lists that teams are sent.
insert into conformed.person by name
select
    authority, 'workforce.allocations' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, initials_of(initials) as initials
from typed.workforce_allocations
where is_counted and child_id is not null and initials_of(initials) is not null;
