-- One row per child with an adoption list's row; a member is a child who moved in with its adoptive family in the month, or who waits for
-- one at its end, met where it had been in care for less than fourteen months by the day it moved in. A child whose fourteen months have
-- not run out is pending.
with journeys as (
    select
        *,
        (entered_on + $threshold_days::integer)::date as due_on,
        coalesce(placed_on between $period_start and $as_at, false) as moved_in,
        case
            when placed_on < $period_start then 'placed_before'
            when moved_in then null
            when coalesce(adopted_on, reversed_on) <= $as_at or reversed_on <= $as_at then 'waits_no_more'
            when decided_on > $as_at or (decided_on is null and not decided_unusable and placed_on is null) then 'no_decision'
            when entered_on > $as_at - $threshold_days::integer then 'still_in_time'
        end as outside
    from adoption_journeys('permanence', 'cla_episodes')
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'still_in_time' and decided_on is not null and not placed_unusable and not reversed_unusable,
        (decided_on is not null or moved_in) and not placed_unusable and not reversed_unusable,
        if(entered_on is null or placed_on < entered_on, 'unusable', null),
        moved_in and placed_on < due_on
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    entered_on as starts_on,
    placed_on as decides_on,
    due_on,
    if(moved_in, placed_on, null) as done_on,
    delivery_id,
    source_row
from journeys
