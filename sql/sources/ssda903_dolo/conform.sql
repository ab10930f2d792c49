-- Orders that deprive a child of liberty.
insert into conformed.deprivation_of_liberty by name
select
    authority, 'ssda903.dolo' as contract, delivery_id, source_row, extracted_on,
    child as person_id, dolo_start as dolo_start_date, dolo_start is null as dolo_start_date_unusable, dolo_end as dolo_end_date,
    dolo_end_unusable as dolo_end_date_unusable
from typed.ssda903_dolo
where is_counted and child is not null;
