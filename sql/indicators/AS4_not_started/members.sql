-- One row per referral; a member is an accepted referral of the last half year, met where nothing has been begun since: neither an
-- assessment nor a section 47 enquiry. An assessment that was open on the day of the referral is as good as one begun then.
with cases as (
    select
        *,
        event_case(person_id, referral_date, source_row) as case_id,
        case
            when referral_date > $as_at then 'referred_later'
            when referral_date < $as_at::date - $look_back_days::integer then 'too_long_ago'
            when referral_nfa = 'yes' then 'no_further_action'
            when referral_nfa is null and referral_nfa_unusable is not true then 'not_answered'
            when working_days(referral_date, $as_at) <= $begin_within_working_days then 'too_new'
        end as outside
    from referrals
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

works as (
    select
        person_id,
        if(assessment_start_date <= $as_at, assessment_start_date, null) as begun_on,
        coalesce(assessment_auth_date, date '2040-12-31') as done_on,
        coalesce(assessment_start_date <= $as_at, true) and (assessment_start_date_unusable or assessment_auth_date_unusable)
            as is_unusable
    from cin_assessments
    union all
    select person_id, if(s47_start_date <= $as_at, s47_start_date, null), s47_start_date - 1, s47_start_date_unusable from s47_enquiry
),

answered as (
    select
        cases.case_id,
        min(greatest(works.begun_on, cases.referral_date)) filter (
            works.begun_on >= cases.referral_date
            or (works.begun_on is not null and works.done_on >= cases.referral_date and works.is_unusable is not true)
        ) as begun_on,
        bool_or(works.is_unusable) as is_unknown
    from cases
    join works using (person_id)
    group by cases.case_id
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside in ('not_answered', 'too_new') and referral_date is not null,
        referral_date is not null and referral_nfa is not null,
        if(begun_on is null and is_unknown, 'unusable', null),
        begun_on is null
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    referral_date as starts_on,
    begun_on as decides_on,
    add_working_days(referral_date, $begin_within_working_days) as due_on,
    begun_on as done_on,
    delivery_id,
    source_row
from cases
left join answered using (case_id)
