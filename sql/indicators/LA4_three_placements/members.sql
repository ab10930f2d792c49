-- One row per child: a period of care that is not outside goes before one that is, one with readable dates before one without.
-- A member is a child looked after at the as-at date, met where placements reach the number.
-- The number of placements is the one that stood at the extract: Annex A keeps no dates for it, and the SSDA903
-- return is counted up to its extract (sql/shared/care_spells.sql), so the two say the same.
with episodes as (
    select
        *,
        outside_care(cla_start_date, cla_ceased_date, legal_status, $as_at) as outside,
        in_care_is_known(cla_start_date, cla_ceased_date_unusable) as countable
    from cla_episodes
    qualify row_number() over (
        partition by person_id
        order by outside is not null, cla_start_date is null, coalesce(cla_ceased_date_unusable, false), delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, countable,
        if(placements_last_12_months_unusable, 'unusable', null),
        placements_last_12_months - if($same_carer_counts = 1, 0, coalesce(placements_same_carer_last_12_months, 0)) >= $placements_at_least
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from episodes
