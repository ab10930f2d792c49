-- One row per referral; a member is a referral of the month, whatever became of it.
with cases as (
    select
        *,
        event_case(person_id, referral_date, source_row) as case_id,
        if(referral_date between $period_start and $as_at or referral_date is null, null, 'not_in_period') as outside
    from referrals
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, referral_date is not null, null, true) as state,
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
