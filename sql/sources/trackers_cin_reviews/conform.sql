-- Reviews of child in need plans. A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cin_reviews by name
select
    authority, 'trackers.cin_reviews' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, cin_review_date, cin_review_date is null as cin_review_date_unusable,
    cin_review_status as status, cin_review_status_unusable as status_unusable, cin_review_due_date as due_date,
    cin_review_due_date_unusable as due_date_unusable, cin_plan_start_date, cin_plan_start_date_unusable,
    cin_review_outcome as outcome, cin_review_minutes_date as minutes_date,
    cin_review_minutes_date_unusable as minutes_date_unusable, chaired_by, worker, team
from typed.trackers_cin_reviews
where is_counted and child_id is not null;
