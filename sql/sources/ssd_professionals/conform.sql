insert into conformed.professionals by name
select
    authority, 'ssd.professionals' as contract, delivery_id, source_row, extracted_on,
    prof_professional_id as professional_id, prof_staff_id as staff_id, prof_professional_name as professional_name,
    prof_social_worker_registration_no as social_worker_registration_no, prof_professional_job_title as professional_job_title,
    prof_professional_caseload as professional_caseload, prof_professional_department as professional_department,
    prof_full_time_equivalency as full_time_equivalency, prof_agency_worker_flag as agency_worker_flag
from typed.ssd_professionals
where is_counted and reject_reason is null
