-- One row per child and proceedings, from the rows of the court's timetable; a member is a child whose proceedings ended in the period,
-- met where they had lasted twenty-six weeks or less.
with cases as (
    select
        *,
        case
            when concluded_on < $period_start then 'not_in_period'
            when issued_on > $as_at then 'not_begun'
            when concluded_on > $as_at or (concluded_on is null and not unclear) then 'not_concluded'
        end as outside
    from proceedings_of('court_hearings')
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_concluded' and issued_on is not null, issued_on is not null and concluded_on is not null, null,
        concluded_on - issued_on <= 7 * $within_weeks
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    issued_on as starts_on,
    concluded_on as decides_on,
    issued_on + 7 * $within_weeks as due_on,
    if(concluded_on <= $as_at, concluded_on, null) as done_on,
    delivery_id,
    source_row
from cases
