-- One row per child and day of an audit; a member is an audit of the month with a grade of the theme, met where the grade, after
-- moderation
-- where there was one by the date, is good or better.
with cases as (
    select
        *,
        coalesce(
            outside_audit(other_theme, audit_date, $period_start, $as_at),
            if(grade is null and not grade_odd, 'not_graded', null)
        ) as outside
    from audits_of('audits', $theme, $as_at)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        false,
        audit_date is not null,
        if(grade_odd, 'unusable', null),
        list_contains(string_split($grades, ' '), grade)
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    audit_date as starts_on,
    audit_date as decides_on,
    null::date as due_on,
    if(audit_date <= $as_at, audit_date, null) as done_on,
    delivery_id,
    source_row
from cases
