-- One row per child, kind and day of a visit, of sources that keep when it was written up; a member is one whose time to be written
-- up ran out in the month, met where it was finished by then.
select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside = 'not_yet' and visit_date <= $as_at,
        visit_date is not null,
        if(odd, 'unusable', null),
        coalesce(written_on <= due_on, false)
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    visit_date as starts_on,
    written_on as decides_on,
    due_on,
    if(written_on <= $as_at, written_on, null) as done_on,
    delivery_id,
    source_row
from written_up('visit_writing', $write_up_within_working_days, $period_start, $as_at)
