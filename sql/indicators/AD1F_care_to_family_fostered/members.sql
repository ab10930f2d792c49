-- One row per child with an adoption list's row; a member is a child adopted in the month, measured from the day it came into care to the
-- day it moved in, or began to be fostered by those who adopted it.
with journeys as (
    select
        *,
        if(
            entered_unusable or placed_unusable or placed_on < entered_on, null,
            date_diff('day', entered_on, if(fostered_on between entered_on and placed_on, fostered_on, placed_on))
        ) as days,
        case
            when adopted_on < $period_start or adopted_on > $as_at or (adopted_on is null and not adopted_unusable) then 'not_in_period'
        end as outside
    from adoption_journeys('permanence', 'cla_episodes')
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, adopted_on is not null,
        if(entered_unusable or placed_unusable or placed_on < entered_on, 'unusable', null),
        days is not null
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    entered_on as starts_on,
    adopted_on as decides_on,
    null::date as due_on,
    placed_on as done_on,
    delivery_id,
    source_row,
    if(state = 'met', days::double, null) as value,
    null::double as weight
from journeys
