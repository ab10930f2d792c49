-- One row per social worker of the census. A worker is known here by the registration number alone.
insert into conformed.professionals by name
select
    authority, 'workforce_census.workers' as contract, delivery_id, source_row, extracted_on,
    sweno as professional_id, sweno as social_worker_registration_no, orgrole as professional_role,
    cases30 as professional_caseload, fte as full_time_equivalency, agencyworker as agency_worker_flag,
    case when orgrole = 'social_worker' then 'yes' when orgrole is not null then 'no' end as case_holding,
    case when cfkssstatus = 'asye' then 'yes' when cfkssstatus is not null then 'no' end as asye,
    rolestartdate as role_start_date, rolestartdate_unusable as role_start_date_unusable, roleenddate as role_end_date,
    roleenddate_unusable as role_end_date_unusable, reasonleave as leaving_reason
from typed.workforce_census_workers
where is_counted and reject_reason is null;
