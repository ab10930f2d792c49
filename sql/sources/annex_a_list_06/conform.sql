-- The latest episode of need of each child, and the day the child was last seen.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.person by name
select
    authority, 'annex_a.list_06' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_06
where is_counted and child_unique_id is not null;

insert into conformed.disability by name
select
    authority, 'annex_a.list_06' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, does_the_child_have_a_disability as disability_code
from typed.annex_a_list_06
where is_counted and child_unique_id is not null;

insert into conformed.cin_episodes by name
select
    authority, 'annex_a.list_06' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, cin_start_date, cin_start_date is null as cin_start_date_unusable,
    primary_need_code as cin_primary_need, cin_closure_date as cin_close_date,
    cin_closure_date_unusable as cin_close_date_unusable, reason_for_closure as cin_close_reason, case_status, team, worker
from typed.annex_a_list_06
where is_counted and child_unique_id is not null;

insert into conformed.cin_visits by name
select
    authority, 'annex_a.list_06' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, date_child_was_last_seen as cin_visit_date,
    date_child_was_last_seen_unusable as cin_visit_date_unusable, cin_start_date
from typed.annex_a_list_06
where is_counted and child_unique_id is not null;
