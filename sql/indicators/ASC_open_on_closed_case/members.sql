-- One row per assessment; a member is an assessment open at the as-at date, met where every episode of need of the child that had begun by
-- then was closed by then.
with standing as (
    select
        person_id,
        bool_or(open_at(cin_start_date, cin_close_date, cin_close_date_unusable, $as_at)) as is_open,
        bool_or(open_at(cin_start_date, cin_close_date, cin_close_date_unusable, $as_at) is null) as is_unknown,
        max(cin_close_date) filter (cin_close_date <= $as_at) as closed_on
    from cin_episodes
    group by person_id
),

cases as (
    select
        cin_assessments.*,
        standing.closed_on,
        standing.is_open,
        standing.is_open is not true and (standing.is_unknown or standing.closed_on is null) is not false as is_unsaid,
        event_case(person_id, assessment_start_date, source_row) as case_id,
        case
            when assessment_auth_date <= $as_at then 'authorised'
            when assessment_start_date > $as_at then 'not_begun'
        end as outside
    from cin_assessments
    left join standing using (person_id)
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, assessment_start_date is not null and assessment_auth_date_unusable is not true,
        if(is_unsaid, 'unusable', null), is_open is not true
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    assessment_start_date as starts_on,
    if(is_open, null, closed_on) as decides_on,
    null::date as due_on,
    if(assessment_auth_date <= $as_at, assessment_auth_date, null) as done_on,
    delivery_id,
    source_row
from cases
