-- One row per child with an adoption list's row; a member is a child for whom adoption was the decision at some time in the month, met
-- where the plan was changed away from adoption in it.
with journeys as (
    select
        *,
        case
            when decided_on > $as_at or (decided_on is null and not decided_unusable) then 'not_decided'
            when least(adopted_on, reversed_on) < $period_start then 'over_before'
        end as outside
    from adoption_journeys('permanence', 'cla_episodes')
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, decided_on is not null and not adopted_unusable, if(reversed_unusable, 'unusable', null), reversed_on <= $as_at
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    decided_on as starts_on,
    reversed_on as decides_on,
    null::date as due_on,
    if(reversed_on <= $as_at, reversed_on, null) as done_on,
    delivery_id,
    source_row
from journeys
