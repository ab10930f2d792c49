-- One row per time in pre-proceedings; a member is one whose application to the court fell due in the period, so many working
-- days after the decision to issue, met where it came by then.
with dated as (
    select *, add_working_days(agree_stepdown_issue_date, $within_working_days) as due_on
    from times_in_pre_proceedings('pre_proceedings', $as_at)
),

cases as (
    select
        *,
        coalesce(court_application_date <= due_on, false) as met,
        court_application_date is null and court_application_date_unusable is not true as not_yet,
        case
            when agree_stepdown_issue_date > $as_at then 'not_begun'
            when coalesce(pre_pro_came_to(pre_pro_outcome) <> 'issue', true) and court_application_date is null then 'not_to_issue'
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
        outside, outside = 'not_due' and coalesce(court_application_date > $as_at, true), agree_stepdown_issue_date is not null,
        if(court_application_date_unusable, 'unusable', null), met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    pre_pro_start_date as starts_on,
    court_application_date as decides_on,
    due_on,
    if(court_application_date <= $as_at, court_application_date, null) as done_on,
    delivery_id,
    source_row
from cases
