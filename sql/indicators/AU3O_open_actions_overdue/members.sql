-- One row per action of the register; a member is one after an audit that is open at the date, met where it is overdue.
with cases as (
    select
        *,
        action_number as case_id,
        closed_date_unusable is true and closed_date is null as odd,
        case
            when coalesce(action_source, '') <> 'audit' then 'other_source'
            when raised_date > $as_at then 'not_begun'
            when closed_date <= $as_at then 'closed'
            when due_date is null and due_date_unusable is not true then 'no_due_date'
        end as outside
    from actions
    qualify row_number() over (partition by case_id order by extracted_on desc, delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, due_date is not null and not odd, null, due_date < $as_at) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    raised_date as starts_on,
    due_date as decides_on,
    due_date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
