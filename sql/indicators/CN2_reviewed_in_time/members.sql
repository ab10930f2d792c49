-- One row per child with an episode of need; a member is a child on a child in need plan that is old enough for its first review. A review
-- counts where it was held during the plan; one whose date or outcome cannot be read may have been.
with children as (
    select
        *,
        coalesce(outside_plan, if($as_at::date - plan_on <= $first_review_within_days, 'too_new', null)) as outside
    from need_plans('cin_episodes', 'cin_plans', $as_at)
),

reviews as (
    select *
    from cin_reviews
    qualify row_number() over (
        partition by person_id, coalesce(cin_review_date::varchar, source_row)
        order by extracted_on desc, delivery_id desc, source_row desc
    ) = 1
),

reviewed as (
    select
        children.person_id,
        max(cin_review_date) filter (coalesce(status, 'held') = 'held' and status_unusable is not true) as held_on,
        bool_or(cin_review_date is null or status_unusable) as is_unknown
    from children
    join reviews using (person_id)
    where cin_review_date is null or cin_review_date between plan_on and $as_at
    group by children.person_id
),

cases as (
    select
        *,
        if(
            held_on is null, plan_on + $first_review_within_days::integer, held_on + $review_within_days::integer
        ) as due_on
    from children
    left join reviewed using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'too_new', on_plan is not null,
        if(is_unknown and due_on < $as_at, 'unusable', null), due_on >= $as_at
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    plan_on as starts_on,
    held_on as decides_on,
    due_on,
    held_on as done_on,
    delivery_id,
    source_row
from cases
