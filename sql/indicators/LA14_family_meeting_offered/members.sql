-- One row per period of care; a member is one whose fourth week ended in the month, met where the family was offered a meeting before care
-- or within those four weeks.
with starts as (
    select
        *,
        event_case(person_id, cla_start_date, source_row) as case_id,
        cla_start_date + $offer_within_days::integer as due_on
    from cla_episodes
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

offers as (
    select starts.case_id, min(offered_date) as offered_on
    from starts
    join as_it_stands('family_meetings') as meetings on starts.person_id = meetings.person_id
    where offered_date between cla_start_date - $offered_before_within_days::integer and due_on
    group by starts.case_id
),

cases as (
    select
        starts.*,
        offered_on,
        case
            when legal_status in ('V3', 'V4') then 'short_break'
            when due_on < $period_start or due_on > $as_at then 'due_outside_period'
        end as outside
    from starts
    left join offers using (case_id)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, cla_start_date is not null, null, offered_on is not null) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    offered_on as decides_on,
    due_on,
    offered_on as done_on,
    delivery_id,
    source_row
from cases
