-- One row per milestone; a member is one with enough reports by the date, met where each of the last ones says green or complete.
with reports as (
    select
        *,
        priority || '/' || milestone as case_id,
        dense_rank() over (partition by priority, milestone order by reported_date desc) as back
    from priority_actions
    where reported_date <= $as_at
    qualify row_number() over (
        partition by priority, milestone, reported_date order by extracted_on desc, delivery_id desc, source_row desc
    ) = 1
),

told as (
    select
        case_id,
        count(*) as reports,
        bool_and(coalesce(rag in ('green', 'complete'), false)) as on_target,
        bool_or(coalesce(rag_unusable, false)) as odd,
        max(reported_date) as reported_on
    from reports
    where back <= $reports_running
    group by case_id
),

cases as (
    select
        rows_of.*,
        rows_of.priority || '/' || rows_of.milestone as case_id,
        told.reported_on,
        coalesce(told.on_target, false) as met,
        coalesce(told.odd, false) as odd,
        bool_or(rows_of.reported_date_unusable) over (partition by rows_of.priority, rows_of.milestone) as perhaps_more,
        if(coalesce(told.reports, 0) < $reports_running and not coalesce(perhaps_more, false), 'too_few', null) as outside
    from priority_actions as rows_of
    left join told on rows_of.priority || '/' || rows_of.milestone = told.case_id
    qualify row_number() over (
        partition by rows_of.priority, rows_of.milestone
        order by reported_date desc nulls last, extracted_on desc, delivery_id desc, source_row desc
    ) = 1
)

select
    case_id,
    null::varchar as child_id,
    null::varchar as team,
    owner as worker,
    case_state(outside, false, not coalesce(perhaps_more, false), if(odd, 'unusable', null), met) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    null::date as starts_on,
    reported_on as decides_on,
    due_date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
