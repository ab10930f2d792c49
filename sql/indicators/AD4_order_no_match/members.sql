-- One row per child with an adoption list's row; a member is a child under a placement order at the as-at date who is not matched with a
-- family.
with journeys as (
    select
        *,
        case
            when ordered_on > $as_at then 'not_ordered'
            when ordered_on is null and not ordered_unusable then 'not_ordered'
            when least(matched_on, placed_on, adopted_on) <= $as_at then 'matched'
            when reversed_on <= $as_at then 'reversed'
        end as outside
    from adoption_journeys('permanence', 'cla_episodes')
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false,
        ordered_on is not null and not (matched_unusable or placed_unusable or adopted_unusable or reversed_unusable), null, true
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    ordered_on as starts_on,
    ordered_on as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from journeys
