-- One row per child that was ever assessed; a member is a child whose assessment began in the month, met where one of those is a restart.
with cases as (
    select
        *,
        if(assessment_start_date between $period_start and $as_at or assessment_start_date is null, null, 'not_in_period') as outside
    from assessment_chains('cin_assessments', 'referrals')
    qualify row_number() over (
        partition by person_id
        order by
            outside is not null, assessment_start_date is null, not restarts, not perhaps_restarts, assessment_start_date desc,
            delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, assessment_start_date is not null, if(perhaps_restarts and not restarts, 'unusable', null), restarts
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    assessment_start_date as starts_on,
    assessment_start_date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
