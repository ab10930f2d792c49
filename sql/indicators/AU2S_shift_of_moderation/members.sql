-- One row per child and day of an audit; a member is a whole-case audit of the month, and moderated, its value the grades between.
with cases as (
    select
        *,
        coalesce(
            outside_audit(other_theme, audit_date, $period_start, $as_at),
            if(moderated or moderated_grade_unusable, null, 'not_moderated')
        ) as outside
    from audits_of('audits', 'overall', $as_at)
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
        if(grade_odd or grade_points(moderated_grade) is null or grade_points(original_grade) is null, 'unusable', null),
        true
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    audit_date as starts_on,
    audit_date as decides_on,
    null::date as due_on,
    if(audit_date <= $as_at, audit_date, null) as done_on,
    delivery_id,
    source_row,
    if(state = 'met', grade_points(moderated_grade) - grade_points(original_grade), null)::double as value
from cases
