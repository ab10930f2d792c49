-- One row per period of care; a member is one that ended with a return home in the year to the date, met where an enquiry or a protection
-- plan has begun since. One who returned lately has had less time.
with returns as (
    select
        *,
        event_case(person_id, cla_start_date, source_row) as case_id,
        case
            when cla_start_date > $as_at or cla_ceased_date > $as_at or (cla_ceased_date is null and cla_ceased_date_unusable is not true)
                then 'not_returned'
            when legal_status in ('V3', 'V4') then 'short_break'
            when coalesce(cla_ceased_reason, '') not in ('E4A', 'E4B') then 'not_home'
            when cla_ceased_date < $period_start then 'before'
        end as outside
    from cla_episodes
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

harms as (
    select person_id, s47_start_date as harmed_on from s47_enquiry where s47_start_date is not null
    union all
    select person_id, cp_plan_start_date as harmed_on from cp_plans where cp_plan_start_date is not null
),

harmed as (
    select case_id, min(harmed_on) as harmed_on
    from returns join harms using (person_id)
    where harmed_on > cla_ceased_date and harmed_on <= least((cla_ceased_date + to_months($within_months))::date, $as_at)
    group by case_id
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, cla_ceased_date is not null, null, harmed_on is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    cla_ceased_date as decides_on,
    (cla_ceased_date + to_months($within_months))::date as due_on,
    harmed_on as done_on,
    delivery_id,
    source_row
from returns left join harmed using (case_id)
