-- One row per child and proceedings, from the rows of the court's timetable; a member is a child in proceedings at the as-at date,
-- met where they have lasted for more than twenty-six weeks.
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
            when concluded_on <= $as_at then 'concluded'
            when issued_on > $as_at then 'not_begun'
        end as outside
    from proceedings
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
