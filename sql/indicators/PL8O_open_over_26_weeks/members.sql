-- One row per child and proceedings, from the rows of the court's timetable; a member is a child in proceedings at the as-at date,
-- met where they have lasted for more than twenty-six weeks.
with cases as (
    select
        *,
        case
            when concluded_on <= $as_at then 'concluded'
            when issued_on > $as_at then 'not_begun'
        end as outside
    from proceedings_of('court_hearings')
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, issued_on is not null and not unclear, null, $as_at - issued_on > 7 * $within_weeks) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    issued_on as starts_on,
    issued_on as decides_on,
    issued_on + 7 * $within_weeks as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
