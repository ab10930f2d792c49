-- One row per time in pre-proceedings; a member is one whose letter before proceedings fell due in the period, so many working
-- days after the decision to enter pre-proceedings, met where it came by then.
with dated as (
    select *, add_working_days(pre_pro_start_date, $within_working_days) as due_on
    from times_in_pre_proceedings('pre_proceedings', $as_at)
),

cases as (
    select
        *,
        coalesce(pre_pro_letter_date <= due_on, false) as met,
        pre_pro_letter_date is null and pre_pro_letter_date_unusable is not true as not_yet,
        case
            when pre_pro_start_date > $as_at then 'not_begun'
            when not_yet and ended_on <= if(due_on is null, $period_start, least(due_on, $as_at)) then 'ended_first'
            when due_on > $as_at then 'not_due'
            when due_on < $period_start then 'not_in_period'
        end as outside
    from dated
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_due' and coalesce(pre_pro_letter_date > $as_at, true), pre_pro_start_date is not null,
        if(pre_pro_letter_date_unusable, 'unusable', null), met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    pre_pro_start_date as starts_on,
    pre_pro_letter_date as decides_on,
    due_on,
    if(pre_pro_letter_date <= $as_at, pre_pro_letter_date, null) as done_on,
    delivery_id,
    source_row
from cases
