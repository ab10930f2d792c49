-- One row per time in pre-proceedings; a member is one whose letter before proceedings lies in the period, met where it came within
-- the working days allowed after the decision to enter pre-proceedings.
with cases as (
    select
        *,
        working_days(pre_pro_start_date, pre_pro_letter_date) <= $within_working_days as met,
        pre_pro_letter_date is null and pre_pro_letter_date_unusable is not true as not_yet,
        case
            when pre_pro_letter_date < $period_start then 'not_in_period'
            when pre_pro_start_date > $as_at then 'not_begun'
            when not_yet or pre_pro_letter_date > $as_at then 'not_done'
        end as outside
    from times_in_pre_proceedings('pre_proceedings', $as_at)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_done' and pre_pro_start_date is not null,
        pre_pro_start_date is not null and pre_pro_letter_date is not null, null, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    pre_pro_start_date as starts_on,
    pre_pro_letter_date as decides_on,
    add_working_days(pre_pro_start_date, $within_working_days) as due_on,
    if(pre_pro_letter_date <= $as_at, pre_pro_letter_date, null) as done_on,
    delivery_id,
    source_row
from cases
