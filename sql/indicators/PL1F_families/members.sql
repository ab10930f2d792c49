-- One row per family, a child without one standing for its own; a member is a family of which some child is in pre-proceedings at the date.
with cases as (
    select
        *,
        coalesce(family_id, person_id) as family,
        not_open as outside
    from times_in_pre_proceedings('pre_proceedings', $as_at)
    qualify row_number() over (
        partition by family
        order by outside is not null, pre_pro_start_date is null, pre_pro_start_date asc, delivery_id desc, source_row desc
    ) = 1
)

select
    family as case_id,
    null::varchar as child_id,
    team,
    worker,
    case_state(outside, false, is_open is not null, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    pre_pro_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
