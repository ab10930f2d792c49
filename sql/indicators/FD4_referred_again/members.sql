-- One row per referral; a member is a referral of the month, met where the child was referred in the twelve months before it.
with listed as (
    select
        *,
        event_case(person_id, referral_date, source_row) as case_id,
        if(referral_date between $period_start and $as_at or referral_date is null, null, 'not_in_period') as outside
    from referrals
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

cases as (
    select
        *,
        lag(referral_date) over (partition by person_id order by referral_date) as earlier_on,
        referral_date = max(referral_date) over (partition by person_id) as is_latest,
        is_repeated(earlier_on, referral_date, is_latest, referrals_last_12_months) as again
    from listed
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, referral_date is not null,
        repeated_odd(again, is_latest, referrals_last_12_months, referrals_last_12_months_unusable),
        again
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
