-- One row per milestone of the improvement plan, as last reported; a member is one that fell due by the date, met where it was
-- reached by then.
with cases as (
    select
        *,
        priority || '/' || milestone as case_id,
        case
            when due_date is null and due_date_unusable is not true then 'no_due_date'
            when due_date > $as_at then 'after'
        end as outside,
        coalesce(reached_date <= due_date, false) as met
    from priority_actions
    qualify row_number() over (
        partition by case_id order by reported_date desc nulls last, extracted_on desc, delivery_id desc, source_row desc
    ) = 1
)

select
    case_id,
    null::varchar as child_id,
    null::varchar as team,
    owner as worker,
    case_state(
        outside,
        outside = 'after' and coalesce(null <= $as_at, true),
        due_date is not null,
        if(reached_date_unusable, 'unusable', null),
        met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    null::date as starts_on,
    reached_date as decides_on,
    due_date as due_on,
    if(reached_date <= $as_at, reached_date, null) as done_on,
    delivery_id,
    source_row
from cases
