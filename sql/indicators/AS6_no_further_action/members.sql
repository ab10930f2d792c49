-- One row per assessment; a member is an assessment authorised in the month whose outcome is known, met where the case was closed after
-- it with no further action (RC8) or to early help (RC9), else where the assessment found no need for support.
with assessed as (
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
),

closed as (
    select distinct assessed.case_id, true as is_closed
    from assessed
    join cin_episodes using (person_id)
    where
        cin_close_reason in ('RC8', 'RC9')
        and cin_close_date between assessment_start_date and $as_at
        and coalesce(cin_start_date <= assessment_start_date, true)
),

cases as (
    select
        assessed.* exclude (outside),
        case
            when outside is not null then outside
            when
                assessment_start_date is not null and assessment_auth_date is not null
                and is_closed is null and assessed_in_need is null then 'not_answered'
        end as outside,
        coalesce(is_closed, assessed_in_need = 'no') as met
    from assessed
    left join closed using (case_id)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside in ('authorised_later', 'not_authorised', 'not_answered') and assessment_start_date is not null,
        assessment_auth_date is not null and assessment_start_date is not null,
        null,
        met
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
