-- One row per child: a period of care that is not outside goes before one that is, one with readable dates before one without.
-- A member is a child looked after at the as-at date, met where a check lies in the year before.
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
),

checks as (
    select
        episodes.delivery_id,
        episodes.source_row,
        last_event(
            health_check_date, health_check_date_unusable, null, cla_health.extracted_on,
            cla_health.delivery_id = episodes.delivery_id and cla_health.source_row = episodes.source_row, $as_at
        ) as dental
    from episodes
    join cla_health using (person_id)
    where health_check_type = 'dental check'
    group by episodes.delivery_id, episodes.source_row
),

checked as (
    select
        episodes.*,
        recorded_on(dental, extracted_on) as recorded,
        recorded_unusable(dental, extracted_on) as unusable,
        is_overwritten(dental, extracted_on, $as_at) as overwritten,
        decided_on(dental, extracted_on, $as_at) as checked_on,
        coalesce(checked_on > years_before($as_at, $check_within_years), false) as met
    from episodes
    left join checks using (delivery_id, source_row)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, countable,
        case when unusable then 'unusable' when overwritten and not met then 'overtaken' end, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    recorded as decides_on,
    (checked_on + to_years($check_within_years))::date as due_on,
    checked_on as done_on,
    delivery_id,
    source_row
from checked
