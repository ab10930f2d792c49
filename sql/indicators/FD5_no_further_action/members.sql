-- One row per referral; a member is a referral of the month whose question on no further action is answered.
with cases as (
    select
        *,
        event_case(person_id, referral_date, source_row) as case_id,
        case
            when referral_date < $period_start or referral_date > $as_at then 'not_in_period'
            when referral_nfa is null and referral_nfa_unusable is not true then 'not_answered'
        end as outside
    from referrals
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside = 'not_answered' and referral_date is not null,
        referral_date is not null and referral_nfa is not null,
        null,
        referral_nfa = 'yes'
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    referral_date as starts_on,
    referral_date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
