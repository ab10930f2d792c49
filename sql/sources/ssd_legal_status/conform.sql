insert into conformed.legal_status by name
select
    authority, 'ssd.legal_status' as contract, delivery_id, source_row, extracted_on,
    lega_person_id as person_id, lega_legal_status as legal_status, lega_legal_status_unusable as legal_status_unusable,
    lega_legal_status_start_date as legal_status_start_date,
    lega_legal_status_start_date is null as legal_status_start_date_unusable,
    lega_legal_status_end_date as legal_status_end_date, lega_legal_status_end_date_unusable as legal_status_end_date_unusable
from typed.ssd_legal_status
where is_counted and lega_person_id is not null
