-- One row per assessment; a member is an assessment that fell due in the month that ends at the as-at date, finished or not.
with assessments as (
    select
        *,
        event_case(person_id, assessment_start_date, source_row) as case_id,
        add_working_days(assessment_start_date, $assess_within_working_days) as due_on
    from cin_assessments
),

cases as (
    select
        *,
        case
            when assessment_start_date is null or due_on between $period_start and $as_at then null
            else 'due_outside_period'
        end as outside
    from assessments
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, assessment_start_date is not null,
        if(assessment_auth_date_unusable, 'unusable', null),
        assessment_auth_date <= due_on
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    assessment_start_date as starts_on,
    assessment_auth_date as decides_on,
    due_on,
    if(assessment_auth_date <= $as_at, assessment_auth_date, null) as done_on,
    delivery_id,
    source_row
from cases
