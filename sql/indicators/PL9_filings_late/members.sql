-- One row per child and filing; a member is a filing that the court directed for a day in the period, met where it was late: filed
-- after that day, or not at all by the as-at date.
with entries as (
    select
        *,
        event_case(person_id || '/' || coalesce(court_event, 'unknown'), directed_date, source_row) as case_id,
        coalesce(court_event in ('filing_evidence', 'filing_care_plan', 'filing_assessment', 'other_filing'), false) as is_filing
    from as_it_stands('court_hearings')
),

cases as (
    select
        *,
        case
            when not is_filing and court_event_unusable is not true then 'a_hearing'
            when adjourned = 'yes' then 'vacated'
            when directed_date > $as_at then 'not_due'
            when directed_date < $period_start then 'not_in_period'
        end as outside
    from entries
    qualify row_number() over (partition by case_id order by extracted_on desc, delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_due' and coalesce(done_date > $as_at, true), directed_date is not null and is_filing,
        if(done_date_unusable, 'unusable', null), coalesce(done_date > directed_date, true)
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    directed_date as starts_on,
    done_date as decides_on,
    directed_date as due_on,
    if(done_date <= $as_at, done_date, null) as done_on,
    delivery_id,
    source_row
from cases
