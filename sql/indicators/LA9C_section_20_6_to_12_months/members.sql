-- One row per child; a member is a child accommodated under section 20 at the as-at date, met where that has lasted for six to twelve
-- months.
with accommodated as (
    select *, since > ($as_at::date - to_months($months_to))::date and since <= ($as_at::date - to_months($months_from))::date as met
    from section_20('cla_episodes', 'legal_status', 'cla_care_plan', $as_at)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, null, met) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    since as starts_on,
    since as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from accommodated
