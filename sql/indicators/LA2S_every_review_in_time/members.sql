-- One row per child; a member is a child looked after at the as-at date for whom a review has fallen due, met where every review that fell
-- due within the last twelve months was held in time.
with chain as (
    from review_chain(
        'cla_episodes', 'cla_review_chain', $as_at,
        $first_review_within_working_days, $second_review_within_months, $later_review_within_months
    )
),

-- A review that fell due earlier and was held, late or not, no longer counts; one that is still outstanding does.
fallen_due as (
    select
        person_id,
        count(*) filter (reviewed or complete) as reviews_due,
        count(*) filter ((reviewed or complete) and coalesce(next_on <= due_on, false)) as in_time,
        count(*) filter (due_on > known_to and not coalesce(next_on <= due_on, false)) as not_seen,
        max(due_on) as due_on,
        max(step_on) filter (reviewed) as last_on
    from chain
    where due_on <= $as_at and (due_on > years_before($as_at, $look_back_years) or next_on is null)
    group by person_id
),

children as (
    select
        chain.* exclude (outside, due_on),
        coalesce(reviews_due, 0) as reviews_due,
        in_time,
        fallen_due.due_on,
        last_on,
        case
            when outside is not null then outside
            when countable and coalesce(reviews_due, 0) = 0 then 'none_due'
            when in_time = reviews_due - not_seen and not_seen > 0 then 'not_delivered'
        end as outside
    from chain
    left join fallen_due using (person_id)
    qualify row_number() over (partition by person_id order by step_on) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, outside = 'not_delivered' and countable, countable, null, in_time = reviews_due) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    last_on as decides_on,
    due_on,
    last_on as done_on,
    delivery_id,
    source_row
from children
