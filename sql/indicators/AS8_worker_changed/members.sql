-- One row per assessment; a member is an assessment authorised in the month, met where two or more allocated workers held the case between
-- its start and its authorisation. A worker who handed over on the day it began is not one of them.
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

held as (
    select assessed.case_id, involvements.contract as said_by, count(distinct professional_id) as workers
    from assessed
    join involvements using (person_id)
    where
        outside is null
        and coalesce(professional_role_id, 'allocated') = 'allocated'
        and involvement_start_date <= assessment_auth_date
        and involvement_end_date_unusable is not true
        and coalesce(involvement_end_date > assessment_start_date, true)
    group by assessed.case_id, involvements.contract
),

cases as (
    select assessed.*, most.workers
    from assessed
    left join (select case_id, max(workers) as workers from held group by case_id) as most using (case_id)
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
        if(coalesce(workers, 0) = 0, 'unusable', null),
        workers >= 2
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
