-- One row per child, kind and day of a visit, of sources that keep when it was written up; a member is one whose time to be written
-- up ran out
-- in the month, met where it was finished by then. A draft is not written up; where no day of finishing is kept, the day of recording is.
with entries as (
    select
        *,
        event_case(person_id, visit_date, source_row) || '/' || coalesce(visit_type, 'visit') as case_id,
        coalesce(finalised_date, if(status is distinct from 'draft', recorded_date, null)) as written_on,
        coalesce(finalised_date_unusable or (finalised_date is null and recorded_date_unusable), false) as odd,
        add_working_days(visit_date, $write_up_within_working_days) as due_on
    from visit_writing
    where person_id is not null
    qualify row_number() over (
        partition by case_id order by extracted_on desc, written_on asc nulls last, delivery_id desc, source_row desc
    ) = 1
),

cases as (
    select *, case when due_on < $period_start then 'before' when due_on > $as_at then 'not_yet' end as outside from entries
)

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
from cases
