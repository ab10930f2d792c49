-- One row per period of care; a member is one that ended in the month with a special guardianship, residence or child arrangements order,
-- measured from its start to its end.
with cases as (
    select
        *,
        event_case(person_id, cla_start_date, source_row) as case_id,
        nullif(greatest(date_diff('day', cla_start_date, cla_ceased_date), -1), -1) as days,
        case
            when legal_status in ('V3', 'V4') then 'short_break'
            when cla_ceased_date < $period_start or cla_ceased_date > $as_at then 'not_in_period'
            when cla_ceased_date is null and cla_ceased_date_unusable is not true then 'not_in_period'
            when cla_ceased_reason not in ('E41', 'E45', 'E46', 'E47', 'E48') then 'other_end'
        end as outside
    from cla_episodes
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, cla_start_date is not null and cla_ceased_date is not null and cla_ceased_reason is not null,
        if(days is null, 'unusable', null), true
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    cla_ceased_date as decides_on,
    null::date as due_on,
    cla_ceased_date as done_on,
    delivery_id,
    source_row,
    if(state = 'met', days::double, null) as value,
    null::double as weight
from cases
