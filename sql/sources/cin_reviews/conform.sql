-- Every review conference of the year, by the plan that it reviewed.
insert into conformed.cp_reviews by name
select
    authority, 'cin.reviews' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    cppreviewdate as cp_review_date,
    cppreviewdate is null as cp_review_date_unusable,
    cppstartdate as cp_plan_start_date
from typed.cin_reviews
where is_counted and lachildid is not null;

-- The same among the sources that hold every one.
insert into conformed.cp_review_history by name
select
    authority, 'cin.reviews' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    cppreviewdate as cp_review_date,
    cppreviewdate is null as cp_review_date_unusable,
    cppstartdate as cp_plan_start_date
from typed.cin_reviews
where is_counted and lachildid is not null;
