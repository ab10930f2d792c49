-- One row per dispute; a member is one whose twentieth working day fell in the month, met where it was resolved by then. Two of one child
-- and day are told apart by a number.
with cases as (
    select
        *,
        event_case(person_id, raised_date, source_row) as case_id,
        add_working_days(raised_date, $resolve_within_working_days) as due_on
    from as_it_stands('iro_disputes')
    qualify row_number() over (partition by case_id, dispute_number order by delivery_id desc, source_row desc) = 1
),

numbered as (
    select
        * exclude (case_id),
        case_id || if(row_number() over same_day > 1, '/' || (row_number() over same_day)::varchar, '') as case_id,
        if(due_on < $period_start or due_on > $as_at, 'due_outside_period', null) as outside
    from cases
    window same_day as (partition by case_id order by dispute_number, source_row)
)

select
    case_id,
    person_id as child_id,
    team,
    iro as worker,
    case_state(
        outside, false, raised_date is not null, if(resolved_date_unusable, 'unusable', null), resolved_date <= due_on
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    raised_date as starts_on,
    resolved_date as decides_on,
    due_on,
    if(resolved_date <= $as_at, resolved_date, null) as done_on,
    delivery_id,
    source_row
from numbered
