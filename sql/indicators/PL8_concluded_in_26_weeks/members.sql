-- One row per child and proceedings, from the rows of the court's timetable; a member is a child whose proceedings ended in the period,
-- met where they had lasted twenty-six weeks or less.
with entries as (
    select *, coalesce(issued_date, max(issued_date) over (partition by person_id, court_case_number)) as issued_on
    from as_it_stands('court_hearings')
),

proceedings as (
    select
        person_id,
        issued_on,
        max(concluded_date) as concluded_on,
        bool_or(concluded_date_unusable) and concluded_on is null as unclear,
        arg_max(
            {'team': team, 'worker': worker, 'delivery_id': delivery_id, 'source_row': source_row},
            {'on': extracted_on, 'directed': coalesce(directed_date, date '1990-01-01'), 'row': source_row}
        ) as entry
    from entries
    group by person_id, issued_on
),

cases as (
    select
        person_id,
        issued_on,
        concluded_on,
        coalesce(unclear, false) as unclear,
        entry['team'] as team,
        entry['worker'] as worker,
        entry['delivery_id'] as delivery_id,
        entry['source_row'] as source_row,
        event_case(person_id, issued_on, source_row) as case_id,
        case
            when concluded_on < $period_start then 'not_in_period'
            when issued_on > $as_at then 'not_begun'
            when concluded_on > $as_at or (concluded_on is null and not coalesce(unclear, false)) then 'not_concluded'
        end as outside
    from proceedings
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
