-- One row per meeting in the tracker of minutes; a member is a conference or core group whose minutes fell due in the period, met
-- where they went out by then.
with meetings as (
    select
        *,
        case meeting_type
            when 'core_group' then $core_group_within_working_days
            when 'icpc' then $conference_within_working_days
            when 'rcpc' then $conference_within_working_days
        end as within,
        event_case(person_id || '/' || coalesce(meeting_type, 'other'), meeting_date, source_row) as case_id
    from as_it_stands('minutes')
),

dated as (
    select *, add_working_days(meeting_date, within) as due_on from meetings
),

cases as (
    select
        *,
        case
            when within is null and meeting_type_unusable is not true then 'other_meeting'
            when due_on > $as_at then 'not_due'
            when due_on < $period_start then 'not_in_period'
        end as outside
    from dated
    qualify row_number() over (partition by case_id order by extracted_on desc, delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    null::varchar as worker,
    case_state(
        outside, outside = 'not_due' and meeting_date <= $as_at and coalesce(distributed_date > $as_at, true),
        meeting_date is not null and within is not null, if(distributed_date_unusable, 'unusable', null), distributed_date <= due_on
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    meeting_date as starts_on,
    distributed_date as decides_on,
    due_on,
    if(distributed_date <= $as_at, distributed_date, null) as done_on,
    delivery_id,
    source_row
from cases
