-- One row per assessment of a family; a member is one due in the month, met where it was finished by then. Two that were asked for on one
-- day are two, told apart by a number.
with cases as (
    select *, event_case(person_id, commissioned_date, source_row) as case_id
    from as_it_stands('family_assessments')
    qualify row_number() over (
        partition by case_id, assessment_type, who_is_assessed order by delivery_id desc, source_row desc
    ) = 1
),

numbered as (
    select
        * exclude (case_id),
        case_id || if(row_number() over same_day > 1, '/' || (row_number() over same_day)::varchar, '') as case_id,
        case
            when due_date < $period_start or due_date > $as_at then 'due_outside_period'
            when due_date is null and due_date_unusable is not true then 'no_due_date'
        end as outside
    from cases
    window same_day as (partition by case_id order by assessment_type, who_is_assessed, source_row)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, commissioned_date is not null and due_date is not null, if(completed_date_unusable, 'unusable', null),
        completed_date <= due_date
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    commissioned_date as starts_on,
    completed_date as decides_on,
    due_date as due_on,
    if(completed_date <= $as_at, completed_date, null) as done_on,
    delivery_id,
    source_row
from numbered
