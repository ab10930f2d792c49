-- One row per time in pre-proceedings; a member is one that was decided upon in the period, met where it was stepped down. An
-- application to the court stands for a decision to issue that nobody entered.
select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'undecided' and pre_pro_start_date is not null, decided_on is not null and pre_pro_start_date is not null,
        if(came_to is null, 'unusable', null), came_to = $outcome
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    pre_pro_start_date as starts_on,
    decided_on as decides_on,
    null::date as due_on,
    if(decided_on <= $as_at, decided_on, null) as done_on,
    delivery_id,
    source_row
from decided_upon('pre_proceedings', $period_start, $as_at)
