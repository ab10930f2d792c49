-- One row per child and day of an audit; a member is a whole-case audit of the month, met where worker, child and parent took part. One
-- answer of no settles it, whatever else cannot be read.
with cases as (
    select
        *,
        outside_audit(other_theme, audit_date, $period_start, $as_at) as outside,
        coalesce(worker_involved = 'yes', false)
        and coalesce(child_involved = 'yes', false)
        and coalesce(parent_involved = 'yes', false) as everybody,
        coalesce(worker_involved = 'no', false)
        or coalesce(child_involved = 'no', false)
        or coalesce(parent_involved = 'no', false) as refused,
        coalesce(worker_involved_unusable, false)
        or coalesce(child_involved_unusable, false)
        or coalesce(parent_involved_unusable, false) as odd
    from audits_of('audits', 'overall', $as_at)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, audit_date is not null, if(odd and not refused, 'unusable', null), everybody) as state,
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
