-- One row per review of a looked-after child that the review list or the list of minutes names; a member is one whose record fell due in
-- the month, met where it went out by then.
with held as (
    select
        person_id, cla_review_date as held_on, false as unusable, null::date as recorded_on, false as recorded_unusable,
        null as on_file, null as noted_team, false as of_minutes, extracted_on, delivery_id, source_row
    from cla_reviews
    where cla_review_date_unusable is not true
    union all
    select
        person_id, meeting_date as held_on, meeting_date is null as unusable, distributed_date as recorded_on,
        coalesce(distributed_date_unusable, false) as recorded_unusable, on_file, team as noted_team, true as of_minutes,
        extracted_on, delivery_id, source_row
    from as_it_stands('minutes')
    where meeting_type = 'cla_review'
    union all
    select
        person_id, null as held_on, true as unusable, null as recorded_on, false as recorded_unusable,
        null as on_file, null as noted_team, false as of_minutes, extracted_on, delivery_id, source_row
    from cla_reviews
    where cla_review_date_unusable
),

-- The row of the minutes goes before the review list's: it says what became of the record.
cases as (
    select
        held.*,
        event_case(held.person_id, held_on, held.source_row) as case_id,
        coalesce(noted_team, care.team) as team,
        care.worker,
        add_working_days(held_on, $record_within_working_days) as due_on,
        if(held.recorded_on <= $as_at, held.recorded_on, null) as done_on
    from held
    left join care_at('cla_episodes', $as_at) as care using (person_id)
    qualify row_number() over (
        partition by case_id
        order by of_minutes desc, held.extracted_on desc, held.delivery_id desc, held.source_row desc
    ) = 1
),

placed as (
    select
        *,
        case
            when held_on is null and not unusable then 'no_review'
            when due_on < $period_start or due_on > $as_at then 'due_outside_period'
        end as outside
    from cases
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, held_on is not null,
        case when done_on <= due_on then null when recorded_unusable or (recorded_on is null and on_file = 'yes') then 'unusable' end,
        done_on <= due_on
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    held_on as starts_on,
    recorded_on as decides_on,
    due_on,
    done_on,
    delivery_id,
    source_row
from placed
