-- One row per period of care; a member is one whose twentieth working day fell in the month, met where a health assessment was made by
-- then.
with episodes as (
    select
        *,
        event_case(person_id, cla_start_date, source_row) as case_id,
        add_working_days(cla_start_date, $assess_within_working_days) as due_on
    from cla_episodes
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

assessments as (
    select
        episodes.delivery_id,
        episodes.source_row,
        last_event(
            health_check_date, health_check_date_unusable, null, cla_health.extracted_on,
            cla_health.delivery_id = episodes.delivery_id and cla_health.source_row = episodes.source_row, due_on
        ) as assessment
    from episodes
    join cla_health using (person_id)
    where health_check_type = 'health assessment'
    group by episodes.delivery_id, episodes.source_row
),

cases as (
    select
        episodes.*,
        recorded_on(assessment, extracted_on) as recorded,
        recorded_unusable(assessment, extracted_on) as unusable,
        is_overwritten(assessment, extracted_on, due_on) as overwritten,
        decided_on(assessment, extracted_on, due_on) as assessed_on,
        coalesce(assessed_on >= cla_start_date, false) as met,
        case
            when legal_status in ('V3', 'V4') then 'short_break'
            when due_on < $period_start or due_on > $as_at then 'due_outside_period'
            when cla_ceased_date <= due_on then 'ceased_before'
        end as outside
    from episodes
    left join assessments using (delivery_id, source_row)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, cla_start_date is not null and cla_ceased_date_unusable is not true,
        case when unusable then 'unusable' when overwritten and not met then 'overtaken' end, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    recorded as decides_on,
    due_on,
    if(met, assessed_on, null) as done_on,
    delivery_id,
    source_row
from cases
