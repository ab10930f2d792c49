-- Reviews that were held, and those that are only due, by the plan that they belong to.
insert into conformed.cp_reviews by name
select
    entry.authority, 'ssd.cp_reviews' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.cppr_person_id as person_id, entry.cppr_cp_review_date as cp_review_date,
    entry.cppr_cp_review_date_unusable as cp_review_date_unusable, plans.start_on as cp_plan_start_date,
    entry.cppr_cp_review_due as cp_review_due, entry.cppr_cp_review_quorate as cp_review_quorate,
    entry.cppr_cp_review_outcome_continue_cp as cp_review_outcome_continue_cp
from typed.ssd_cp_reviews as entry
left join typed.ssd_plan as plans
    on
        entry.authority = plans.authority and entry.extracted_on = plans.extracted_on
        and entry.cppr_person_id = plans.person_id and entry.cppr_cp_plan_id = plans.plan_id
where entry.is_counted and entry.cppr_person_id is not null;

-- The same among the sources that hold every one: a day that is only due is none.
insert into conformed.cp_review_history by name
select
    entry.authority, 'ssd.cp_reviews' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.cppr_person_id as person_id, entry.cppr_cp_review_date as cp_review_date,
    entry.cppr_cp_review_date_unusable as cp_review_date_unusable, plans.start_on as cp_plan_start_date
from typed.ssd_cp_reviews as entry
left join typed.ssd_plan as plans
    on
        entry.authority = plans.authority and entry.extracted_on = plans.extracted_on
        and entry.cppr_person_id = plans.person_id and entry.cppr_cp_plan_id = plans.plan_id
where entry.is_counted and entry.cppr_person_id is not null;
