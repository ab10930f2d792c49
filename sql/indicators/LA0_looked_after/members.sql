-- One row per child: a period of care that is not outside goes before one that is, one with readable dates before one without.
-- A member is a child looked after at the as-at date, short breaks aside.
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
    case_state(outside, false, countable, null, true) as state,
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
