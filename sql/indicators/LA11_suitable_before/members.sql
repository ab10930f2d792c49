-- One row per placement in the register; a member is one that began in the month, met where the carers' suitability had been assessed by
-- then.
with cases as (
    select
        *,
        event_case(person_id, placement_start_date, source_row) as case_id,
        if(placement_start_date < $period_start or placement_start_date > $as_at, 'not_in_period', null) as outside
    from as_it_stands('reg24_approvals')
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, placement_start_date is not null, if(viability_date_unusable, 'unusable', null),
        viability_date <= placement_start_date
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    placement_start_date as starts_on,
    viability_date as decides_on,
    placement_start_date as due_on,
    if(viability_date <= $as_at, viability_date, null) as done_on,
    delivery_id,
    source_row
from cases
