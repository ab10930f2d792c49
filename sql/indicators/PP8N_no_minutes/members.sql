-- One row per conference or core group of the last months; a member is a meeting whose minutes were due by the as-at date, met where
-- there are none. Meetings that only other records show are added for the kinds of which the tracker keeps minutes; one within days of
-- a tracked meeting of its kind is that meeting.
with tracked as (
    select
        *,
        event_case(person_id || '/' || coalesce(meeting_type, 'other'), meeting_date, source_row) as case_id,
        coalesce(distributed_date <= $as_at, false) or coalesce(on_file = 'yes', false) as written
    from as_it_stands('minutes')
),

kinds as (
    select distinct meeting_type from tracked
),

others as (
    select person_id, 'core_group' as meeting_type, core_group_date as meeting_date, minutes_date, team, delivery_id, source_row
    from as_it_stands('core_groups')
    where status = 'held' and core_group_date is not null
    union all
    select person_id, 'icpc', icpc_date, null, team, delivery_id, source_row
    from initial_cp_conference
    where icpc_date is not null
),

untracked as (
    select others.*
    from others
    join kinds using (meeting_type)
    left join tracked
        on
            others.person_id = tracked.person_id and others.meeting_type = tracked.meeting_type
            and abs(tracked.meeting_date - others.meeting_date) <= $same_meeting_within_days
    where tracked.person_id is null
),

meetings as (
    select
        case_id, person_id, team, meeting_type, meeting_type_unusable, meeting_date, distributed_date,
        distributed_date_unusable, written, extracted_on, delivery_id, source_row
    from tracked
    union all by name
    select
        event_case(person_id || '/' || meeting_type, meeting_date, source_row) as case_id,
        person_id, team, meeting_type, meeting_date, minutes_date as distributed_date,
        coalesce(minutes_date <= $as_at, false) as written, delivery_id, source_row
    from untracked
),

cases as (
    select
        *,
        coalesce(meeting_type in ('icpc', 'rcpc', 'core_group'), false) as of_a_kind,
        add_working_days(
            meeting_date,
            case
                when meeting_type = 'core_group' then $core_group_within_working_days
                when of_a_kind then $conference_within_working_days
            end
        ) as due_on,
        case
            when not of_a_kind and meeting_type_unusable is not true then 'other_meeting'
            when meeting_date <= ($as_at - to_months($look_back_months))::date then 'long_ago'
            when meeting_date > $as_at then 'not_held'
        end as too_far
    from meetings
    qualify row_number() over (partition by case_id order by extracted_on desc nulls last, delivery_id desc, source_row desc) = 1
),

judged as (
    select *, coalesce(too_far, if(due_on > $as_at, 'not_due', null)) as outside from cases
)

select
    case_id,
    person_id as child_id,
    team,
    null::varchar as worker,
    case_state(
        outside, outside = 'not_due' and not written, meeting_date is not null and of_a_kind,
        if(distributed_date_unusable and not written, 'unusable', null), not written
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
from judged
