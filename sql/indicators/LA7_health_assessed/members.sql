-- One row per child; a member is a child looked after at the as-at date for a year or more, met where its last health assessment lies in
-- the year before, or in the half-year where the child is under five.
with episodes as (
    from care_at('cla_episodes', $as_at)
),

births as (
    select
        person_id,
        max(date_of_birth) as born_on,
        bool_or(coalesce(date_of_birth_unusable, false)) as birth_unusable
    from person
    group by person_id
),

assessments as (
    select
        episodes.delivery_id,
        episodes.source_row,
        last_event(
            health_check_date, health_check_date_unusable, null, cla_health.extracted_on,
            cla_health.delivery_id = episodes.delivery_id and cla_health.source_row = episodes.source_row, $as_at
        ) as assessment
    from episodes
    join cla_health using (person_id)
    where health_check_type = 'health assessment'
    group by episodes.delivery_id, episodes.source_row
),

-- A list that says of nobody when the last assessment was has no such column, and says nothing.
said as (
    select count(*) > 0 as anything
    from cla_health
    where health_check_type = 'health assessment' and (health_check_date is not null or health_check_date_unusable)
),

assessed as (
    select
        episodes.* exclude (outside),
        coalesce(
            outside,
            if(said.anything, null, 'not_in_list'),
            if(cla_start_date > years_before($as_at, $in_care_for_years), 'not_long', null)
        ) as outside,
        recorded_on(assessment, extracted_on) as recorded,
        recorded_unusable(assessment, extracted_on) as unusable,
        is_overwritten(assessment, extracted_on, $as_at) as overwritten,
        decided_on(assessment, extracted_on, $as_at) as assessed_on,
        coalesce(assessed_on > ($as_at::date - to_months($older_within_months))::date, false) as within_longer,
        coalesce(assessed_on > ($as_at::date - to_months($young_within_months))::date, false) as within_shorter,
        born_on > years_before($as_at, $young_under_age) as young,
        if(coalesce(young, within_longer and within_shorter), within_shorter, within_longer) as met
    from episodes
    left join births using (person_id)
    left join assessments using (delivery_id, source_row)
    cross join said
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, countable,
        case
            when unusable then 'unusable'
            when overwritten and not met then 'overtaken'
            when young is null and within_longer and not within_shorter then 'unusable'
        end,
        met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    recorded as decides_on,
    (assessed_on + to_months(if(young, $young_within_months, $older_within_months)))::date as due_on,
    assessed_on as done_on,
    delivery_id,
    source_row
from assessed
