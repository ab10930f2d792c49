-- One row per action of the register; a member is one after supervision that fell due in the month, met where it was done by then.
select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside = 'after' and coalesce(raised_date <= $as_at, true),
        due_date is not null,
        if(closed_date_unusable, 'unusable', null),
        met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    raised_date as starts_on,
    closed_date as decides_on,
    due_date as due_on,
    if(closed_date <= $as_at, closed_date, null) as done_on,
    delivery_id,
    source_row
from actions_due('actions', 'supervision', $period_start, $as_at)
