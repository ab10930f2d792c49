-- One row per time in pre-proceedings; a member is one whose application to the court lies in the period, met where it came within
-- the working days allowed after the decision to issue.
with cases as (
    select
        *,
        working_days(agree_stepdown_issue_date, court_application_date) <= $within_working_days as met,
        court_application_date is null and court_application_date_unusable is not true as not_yet,
        case
            when court_application_date < $period_start then 'not_in_period'
            when agree_stepdown_issue_date > $as_at then 'not_begun'
            when coalesce(pre_pro_came_to(pre_pro_outcome) <> 'issue', true) and court_application_date is null then 'not_to_issue'
            when not_yet or court_application_date > $as_at then 'not_done'
        end as outside
    from times_in_pre_proceedings('pre_proceedings', $as_at)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_done' and agree_stepdown_issue_date is not null,
        agree_stepdown_issue_date is not null and court_application_date is not null, null, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    pre_pro_start_date as starts_on,
    court_application_date as decides_on,
    add_working_days(agree_stepdown_issue_date, $within_working_days) as due_on,
    if(court_application_date <= $as_at, court_application_date, null) as done_on,
    delivery_id,
    source_row
from cases
