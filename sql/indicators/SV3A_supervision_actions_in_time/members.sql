-- One row per action of the register; a member is one after supervision that fell due in the month, met where it was done by then.
with cases as (
    select
        *,
        action_number as case_id,
        case
            when coalesce(action_source, '') <> 'supervision' then 'other_source'
            when due_date is null and due_date_unusable is not true then 'no_due_date'
            when due_date < $period_start then 'before'
            when due_date > $as_at then 'after'
        end as outside,
        coalesce(closed_date <= due_date, false) as met
    from actions
    qualify row_number() over (
        partition by case_id order by extracted_on desc, delivery_id desc, source_row desc
    ) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside = 'after' and coalesce(raised_date <= $as_at, true),
        due_date is not null,
        if(closed_date_unusable, 'unusable', null),
        met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    raised_date as starts_on,
    closed_date as decides_on,
    due_date as due_on,
    if(closed_date <= $as_at, closed_date, null) as done_on,
    delivery_id,
    source_row
from cases
