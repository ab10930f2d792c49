-- One row per child; a member is a child in pre-proceedings at the as-at date, met where they began longer ago than they may last.
with cases as (
    select
        *,
        not_open as outside
    from times_in_pre_proceedings('pre_proceedings', $as_at)
    qualify row_number() over (
        partition by person_id
        order by outside is not null, pre_pro_start_date is null, pre_pro_start_date asc, delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, is_open is not null, null, $as_at - pre_pro_start_date > 7 * $at_most_weeks) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    pre_pro_start_date as starts_on,
    pre_pro_start_date as decides_on,
    pre_pro_start_date + 7 * $at_most_weeks as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
