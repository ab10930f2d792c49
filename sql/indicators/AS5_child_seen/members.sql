-- One row per assessment; a member is an assessment authorised in the month that ends at the as-at date.
with cases as (
    select
        *,
        event_case(person_id, assessment_start_date, source_row) as case_id,
        case
            when assessment_auth_date < $period_start then 'not_in_period'
            when assessment_auth_date <= $as_at or assessment_auth_date_unusable then null
            when assessment_start_date > $as_at then 'not_begun'
            when assessment_auth_date > $as_at then 'authorised_later'
            else 'not_authorised'
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
        outside,
        outside in ('authorised_later', 'not_authorised') and assessment_start_date is not null,
        assessment_auth_date is not null and assessment_start_date is not null,
        null,
        assessment_child_seen = 'yes'
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    assessment_start_date as starts_on,
    assessment_auth_date as decides_on,
    null::date as due_on,
    if(assessment_auth_date <= $as_at, assessment_auth_date, null) as done_on,
    delivery_id,
    source_row
from cases
