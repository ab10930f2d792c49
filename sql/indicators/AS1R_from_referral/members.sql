-- One row per assessment; a member is an assessment authorised in the month that ends at the as-at date, as AS1 has it, with the clock
-- of its referral. Where the assessment before it has an authorisation that cannot be read, nobody can say whether this one is a restart.
with cases as (
    select
        *,
        case
            when assessment_auth_date < $period_start then 'not_in_period'
            when assessment_auth_date <= $as_at or assessment_auth_date_unusable then null
            when assessment_start_date > $as_at then 'not_begun'
            when assessment_auth_date > $as_at then 'authorised_later'
            else 'not_authorised'
        end as outside,
        add_working_days(clock_on, $assess_within_working_days) as due_on,
        working_days(clock_on, assessment_auth_date) <= $assess_within_working_days as met
    from assessment_chains('cin_assessments', 'referrals')
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
        if(perhaps_restarts and met, 'unusable', null),
        met
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
