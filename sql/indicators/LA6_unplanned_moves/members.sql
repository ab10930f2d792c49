-- One row per move from one placement to another; a member is a move of the month in which the child changed home, met where the reason
-- says that it was not planned.
with cases as (
    select
        *,
        event_case(person_id, move_date, source_row) as case_id,
        case
            when move_date < $period_start or move_date > $as_at then 'not_in_period'
            when move_reason = 'PLACE' then 'same_home'
        end as outside,
        case move_reason
            when 'CARPL' then false
            when 'CUSTOD' then $custody_is_unplanned = 1
            when 'OTHER' then $other_is_unplanned = 1
            else move_reason is not null
        end as unplanned
    from cla_moves
    qualify row_number() over (partition by case_id order by extracted_on desc, delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    null::varchar as team,
    null::varchar as worker,
    case_state(outside, false, move_date is not null, if(move_reason is null, 'unusable', null), unplanned) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    move_date as starts_on,
    move_date as decides_on,
    null::date as due_on,
    move_date as done_on,
    delivery_id,
    source_row
from cases
