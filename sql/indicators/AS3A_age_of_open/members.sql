-- One row per assessment; a member is an assessment open at the as-at date, measured by the working days since its start.
with cases as (
    select
        *,
        event_case(person_id, assessment_start_date, source_row) as case_id,
        case
            when assessment_auth_date <= $as_at then 'authorised'
            when assessment_start_date > $as_at then 'not_begun'
        end as outside
    from cin_assessments
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, assessment_start_date is not null and assessment_auth_date_unusable is not true, null, true
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    assessment_start_date as starts_on,
    assessment_start_date as decides_on,
    null::date as due_on,
    if(assessment_auth_date <= $as_at, assessment_auth_date, null) as done_on,
    delivery_id,
    source_row,
    if(state = 'met', working_days(assessment_start_date, $as_at), null)::double as value
from cases
