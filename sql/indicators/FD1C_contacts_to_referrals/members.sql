-- One row per child and day of contact; a member is a contact of the month whose outcome is recorded.
with cases as (
    select
        *,
        event_case(person_id, contact_date, source_row) as case_id,
        case
            when contact_date < $period_start or contact_date > $as_at then 'not_in_period'
            when contact_outcome is null and contact_outcome_unusable is not true then 'not_answered'
        end as outside
    from contact_outcomes
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside = 'not_answered' and contact_date is not null,
        contact_date is not null and contact_outcome is not null,
        null,
        contact_outcome = 'referral'
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    contact_date as starts_on,
    contact_date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
