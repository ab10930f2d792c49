-- Every review of the year.
insert into conformed.cla_reviews by name
select
    authority, 'ssda903.reviews' as contract, delivery_id, source_row, extracted_on,
    child as person_id, review as cla_review_date, review is null as cla_review_date_unusable, review_code as cla_review_participation
from typed.ssda903_reviews
where is_counted and child is not null;

insert into conformed.cla_review_chain by name
select
    authority, 'ssda903.reviews' as contract, delivery_id, source_row, extracted_on,
    child as person_id, review as cla_review_date, review is null as cla_review_date_unusable
from typed.ssda903_reviews
where is_counted and child is not null;
