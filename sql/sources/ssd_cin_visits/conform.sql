-- Every visit, and apart from it the days on which the child was seen.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cin_visits by name
select
    authority, 'ssd.cin_visits' as contract, delivery_id, source_row, extracted_on,
    cinv_person_id as person_id, cinv_cin_visit_date as cin_visit_date, cinv_cin_visit_date is null as cin_visit_date_unusable
from typed.ssd_cin_visits
where is_counted and cinv_person_id is not null and cinv_cin_visit_seen = 'yes';

insert into conformed.visits by name
select
    authority, 'ssd.cin_visits' as contract, delivery_id, source_row, extracted_on,
    cinv_person_id as person_id, cinv_cin_visit_date as visit_date, cinv_cin_visit_date is null as visit_date_unusable,
    'cin' as visit_type, cinv_cin_visit_seen as seen, cinv_cin_visit_seen_unusable as seen_unusable,
    cinv_cin_visit_seen_alone as seen_alone, cinv_cin_visit_seen_alone_unusable as seen_alone_unusable
from typed.ssd_cin_visits
where is_counted and cinv_person_id is not null
