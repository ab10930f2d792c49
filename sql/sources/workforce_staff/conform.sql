-- One row per worker of the newest list. Staff and worker are one identifier here: allocations name workers by it.
insert into conformed.professionals by name
select
    authority, 'workforce.staff' as contract, delivery_id, source_row, extracted_on,
    worker_id as professional_id, worker_id as staff_id, worker_name as professional_name,
    registration_number as social_worker_registration_no, job_title as professional_job_title, role as professional_role,
    caseload as professional_caseload, team as professional_department, fte as full_time_equivalency,
    agency as agency_worker_flag, case_holding, asye, asye_start_date, start_date as role_start_date,
    start_date_unusable as role_start_date_unusable, leave_date as role_end_date,
    leave_date_unusable as role_end_date_unusable, reason_for_leaving as leaving_reason
from typed.workforce_staff
where is_counted and reject_reason is null;
