-- One row per review that fell due, counted from the start of care and from each review since; a member is one that fell due in the month,
-- met where the next review was held by then.
with cases as (
    select
        chain.* exclude (outside),
        event_case(person_id, step_on, source_row) as case_id,
        case
            when outside is not null then outside
            when not reviewed and not complete and countable then 'before_the_chain'
            when due_on < $period_start or due_on > $as_at then 'due_outside_period'
            when due_on > known_to then 'not_delivered'
        end as outside
    from review_chain(
        'cla_episodes', 'cla_review_chain', $as_at,
        $first_review_within_working_days, $second_review_within_months, $later_review_within_months
    ) as chain
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, outside = 'not_delivered' and countable, countable, null, next_on <= due_on) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    step_on as starts_on,
    next_on as decides_on,
    due_on,
    next_on as done_on,
    delivery_id,
    source_row
from cases
