-- One row per child that List 7 names; a member is a child on a plan at the as-at date for three months or more, met where the latest
-- review lies no further back than it may. What lay between reviews is not asked: PP5 asks it.
with plans as (
    select *, $as_at - cp_plan_start_date as age from plan_of_child('cp_plans', $as_at)
),

reviews as (
    select
        plans.delivery_id,
        plans.source_row,
        last_event(
            if(cp_review_date > plans.cp_plan_start_date, cp_review_date, null), cp_review_date_unusable, null, cp_reviews.extracted_on,
            cp_reviews.delivery_id = plans.delivery_id and cp_reviews.source_row = plans.source_row, $as_at
        ) as review
    from plans
    join cp_reviews using (person_id)
    where cp_reviews.cp_plan_start_date is not null
    group by plans.delivery_id, plans.source_row
),

cases as (
    select
        plans.*,
        recorded_on(review, extracted_on) as recorded,
        recorded_unusable(review, extracted_on) as unusable,
        is_overwritten(review, extracted_on, $as_at) as overwritten,
        decided_on(review, extracted_on, $as_at) as reviewed_on,
        coalesce(reviewed_on, cp_plan_start_date) + if(reviewed_on is null, $first_within_days, $then_within_days) as due_on,
        case
            when not_open is not null then not_open
            when age < $first_within_days then 'too_new'
            when age = $first_within_days and reviewed_on is null and not (unusable or overwritten) then 'due_today'
        end as outside
    from plans
    left join reviews using (delivery_id, source_row)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'due_today', on_a_plan is not null,
        case when unusable then 'unusable' when overwritten and due_on < $as_at then 'overtaken' end, due_on >= $as_at
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    recorded as decides_on,
    due_on,
    reviewed_on as done_on,
    delivery_id,
    source_row
from cases
