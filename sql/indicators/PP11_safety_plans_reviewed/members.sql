-- One row per child with a safety plan; a member is a child whose safety plan stands at the as-at date and is old enough to have been
-- reviewed, met where it was in time. Of several that stand the oldest decides. A tracker keeps the last review alone.
with plans as (
    select
        *,
        outside_open(start_date, end_date, $as_at) as not_open,
        open_at(start_date, end_date, end_date_unusable, $as_at) as stands
    from as_it_stands('safety_plans')
    qualify row_number() over (
        partition by person_id
        order by
            outside_open(start_date, end_date, $as_at) is not null, start_date is null, start_date asc,
            delivery_id desc, source_row desc
    ) = 1
),

reviews as (
    select
        plans.person_id,
        last_event(
            safety_plans.reviewed_date, safety_plans.reviewed_date_unusable, null, safety_plans.extracted_on,
            safety_plans.delivery_id = plans.delivery_id and safety_plans.source_row = plans.source_row, $as_at
        ) as review
    from plans
    join safety_plans using (person_id, start_date)
    group by plans.person_id
),

cases as (
    select
        plans.*,
        recorded_on(review, extracted_on) as recorded,
        recorded_unusable(review, extracted_on) as unusable,
        is_overwritten(review, extracted_on, $as_at) as overwritten,
        decided_on(review, extracted_on, $as_at) as reviewed_on,
        coalesce(reviewed_on, start_date) + $review_within_days as due_on,
        coalesce(not_open, if(start_date + $review_within_days >= $as_at, 'too_new', null)) as outside
    from plans
    left join reviews using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, stands is not null,
        case when unusable then 'unusable' when overwritten and due_on < $as_at then 'overtaken' end, due_on >= $as_at
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    start_date as starts_on,
    recorded as decides_on,
    due_on,
    reviewed_on as done_on,
    delivery_id,
    source_row
from cases
