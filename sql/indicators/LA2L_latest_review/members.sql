-- One row per child; a member is a child looked after at the as-at date, met where, as far as the latest review tells, none is overdue.
with episodes as (
    select
        *,
        add_working_days(cla_start_date, $first_review_within_working_days) as first_due_on,
        (select count(*) from cla_reviews where cla_review_date is not null or cla_review_date_unusable) = 0 as nobody
    from care_at('cla_episodes', $as_at)
),

latest as (
    select
        episodes.delivery_id,
        episodes.source_row,
        last_event(
            cla_review_date, cla_review_date_unusable, null, cla_reviews.extracted_on,
            cla_reviews.delivery_id = episodes.delivery_id and cla_reviews.source_row = episodes.source_row, $as_at
        ) as review
    from episodes
    join cla_reviews using (person_id)
    group by episodes.delivery_id, episodes.source_row
),

reviewed as (
    select
        episodes.* exclude (outside),
        recorded_on(review, extracted_on) as recorded,
        recorded_unusable(review, extracted_on) as unusable,
        is_overwritten(review, extracted_on, $as_at) as overwritten,
        decided_on(review, extracted_on, $as_at) as reviewed_on,
        -- A review by the day on which the first was due is taken for the first.
        case
            when reviewed_on is null or reviewed_on < cla_start_date then first_due_on
            when reviewed_on <= first_due_on then (reviewed_on + to_months($second_review_within_months))::date
            else (reviewed_on + to_months($later_review_within_months))::date
        end as due_on,
        coalesce(outside, if(nobody, 'not_in_list', null), if(first_due_on > $as_at, 'too_new', null)) as outside,
        coalesce(due_on >= $as_at, false) as met
    from episodes
    left join latest using (delivery_id, source_row)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, countable,
        case when unusable then 'unusable' when overwritten and not met then 'overtaken' end, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    recorded as decides_on,
    due_on,
    reviewed_on as done_on,
    delivery_id,
    source_row
from reviewed
