-- One row per placement in the register; a member is one whose tenth working day fell in the month, met where the full assessment of the
-- carers had begun by then.
with cases as (
    select
        *,
        event_case(person_id, placement_start_date, source_row) as case_id,
        add_working_days(placement_start_date, $begin_within_working_days) as due_on
    from as_it_stands('reg24_approvals')
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

placed as (
    select *, if(due_on < $period_start or due_on > $as_at, 'due_outside_period', null) as outside
    from cases
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, placement_start_date is not null, if(full_assessment_start_date_unusable, 'unusable', null),
        full_assessment_start_date <= due_on
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    placement_start_date as starts_on,
    full_assessment_start_date as decides_on,
    due_on,
    if(full_assessment_start_date <= $as_at, full_assessment_start_date, null) as done_on,
    delivery_id,
    source_row
from placed
