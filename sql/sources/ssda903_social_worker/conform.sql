-- Who was the child's social worker, and when.
insert into conformed.involvements by name
select
    authority, 'ssda903.social_worker' as contract, delivery_id, source_row, extracted_on,
    child as person_id, sw_id as professional_id, 'allocated' as professional_role_id, sw_decom as involvement_start_date,
    sw_decom is null as involvement_start_date_unusable, sw_dec as involvement_end_date, sw_dec_unusable as involvement_end_date_unusable,
    sw_reason as worker_change_reason
from typed.ssda903_social_worker
where is_counted and child is not null;
