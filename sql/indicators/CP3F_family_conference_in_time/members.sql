-- One row per family and conference day; a member is a meeting held in the month, met where it was in time for every child of the family
-- whom it was about. An enquiry without a conference is a case of its own family and day of discussion.
with families as (
    select
        person_id,
        min(family_id) as family_id
    from family
    where family_id is not null and person_id is not null
    group by person_id
),

enquiries as (
    select
        *,
        event_case(person_id, s47_start_date, source_row) as event_id
    from s47_enquiry
    qualify row_number() over (partition by event_id order by delivery_id desc, source_row desc) = 1
),

placed as (
    select
        enquiries.*,
        coalesce(family_id, person_id) as of_family,
        of_family || '/' || coalesce(
            strftime(icpc_date, '%Y-%m-%d'), if(icpc_date_unusable, 'unusable:' || source_row, null),
            'not held:' || strftime(s47_start_date, '%Y-%m-%d'), 'unusable:' || source_row
        ) as case_id,
        case
            when icpc_date < $period_start then 'not_in_period'
            when icpc_date <= $as_at or icpc_date_unusable then null
            when s47_start_date > $as_at then 'not_begun'
            when icpc_date > $as_at then 'held_later'
            when icpc_unnecessary = 'yes' and coalesce(s47_end_date <= $as_at, true) then 'decided_unnecessary'
            else 'not_held'
        end as outside
    from enquiries
    left join families using (person_id)
),

cases as (
    select
        *,
        min(s47_start_date) over (partition by case_id) as earliest,
        bool_or(s47_start_date is null) over (partition by case_id) as some_unknown,
        working_days(earliest, icpc_date) <= $confer_within_working_days as met
    from placed
    qualify row_number() over (
        partition by case_id
        order by
            coalesce(outside in ('not_begun', 'decided_unnecessary'), false) asc, s47_start_date asc, delivery_id desc, source_row desc
    ) = 1
)

select
    case_id,
    null::varchar as child_id,
    team,
    worker,
    case_state(
        outside,
        outside in ('held_later', 'not_held') and earliest is not null,
        earliest is not null and icpc_date is not null,
        if(some_unknown and met, 'unusable', null),
        met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    earliest as starts_on,
    icpc_date as decides_on,
    add_working_days(earliest, $confer_within_working_days) as due_on,
    if(icpc_date <= $as_at, icpc_date, null) as done_on,
    delivery_id,
    source_row
from cases
