-- One row per child and day for which a whole-case audit was planned; a member is one planned for the month, met where it was done by
-- then.
-- A row without a day of the audit is a planned one: blank or unreadable, nobody can say that it was done.
with planned as (
    select
        *,
        event_case(person_id, due_date, source_row) as case_id,
        case
            when coalesce(audit_theme, 'overall') <> 'overall' then 'other_theme'
            when due_date is null and due_date_unusable is not true then 'not_planned'
            when due_date < $period_start then 'before'
            when due_date > $as_at then 'after'
        end as outside,
        coalesce(audit_date <= due_date, false) as met
    from audits
    where person_id is not null
    qualify row_number() over (
        partition by case_id
        order by coalesce(audit_theme, 'overall') <> 'overall', extracted_on desc, delivery_id desc, source_row desc
    ) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside = 'after',
        due_date is not null,
        if(audit_date_unusable, 'unusable', null),
        met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    due_date as starts_on,
    audit_date as decides_on,
    due_date as due_on,
    if(audit_date <= $as_at, audit_date, null) as done_on,
    delivery_id,
    source_row
from planned
