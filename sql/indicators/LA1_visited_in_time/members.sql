-- One row per child; a member is a child looked after at the as-at date whose placement began more than a week ago, met where no visit
-- that regulation 28 asks for is overdue. Sources that keep every visit go before the last visit that a list shows.
with ruled as (
    from visiting_rules(
        'cla_episodes', 'cla_placement', 'legal_status', 'reg24_approvals', 'parent_placements', 'cla_reviews', $as_at
    )
),

last_visits as (
    select
        ruled.delivery_id,
        ruled.source_row,
        last_event(
            cla_visit_date, cla_visit_date_unusable, null, cla_visits.extracted_on,
            cla_visits.delivery_id = ruled.delivery_id and cla_visits.source_row = ruled.source_row, $as_at
        ) as visit
    from ruled
    join cla_visits using (person_id)
    group by ruled.delivery_id, ruled.source_row
),

-- A list that says of nobody when the child was last seen has no such column, and says nothing.
said as (
    select person_id from cla_visits where cla_visit_date is not null or cla_visit_date_unusable
    union all
    select person_id from days_seen('visits', 'cla')
),

logged as (
    select
        person_id,
        max(visit_date) filter (visit_date <= $as_at) as logged_on,
        list(visit_date) filter (visit_date > $as_at) as logged_later
    from days_seen('visits', 'cla')
    group by person_id
),

seen as (
    select
        ruled.* exclude (outside),
        coalesce(
            outside,
            if((select count(*) from said) = 0, 'not_in_list', null),
            if(visits_from + $first_visit_within_days >= $as_at, 'first_week', null)
        ) as outside,
        recorded_on(visit, extracted_on) as recorded,
        recorded_unusable(visit, extracted_on) as unusable,
        is_overwritten(visit, extracted_on, $as_at) and not coalesce(list_contains(logged_later, recorded), false) as overwritten,
        greatest(decided_on(visit, extracted_on, $as_at), logged_on) as seen_on,
        visit_due_on(
            visiting_rule, visits_from, first_reviewed_on, seen_on, $first_visit_within_days, $weekly_visit_within_days,
            $temporary_visit_within_days, $usual_visit_within_days, $long_visit_within_months
        ) as due_on,
        coalesce($as_at <= due_on, false) as met
    from ruled
    left join last_visits using (delivery_id, source_row)
    left join logged using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'first_week' and countable, countable,
        case when met then null when unusable then 'unusable' when overwritten then 'overtaken' end, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    recorded as decides_on,
    due_on,
    seen_on as done_on,
    delivery_id,
    source_row
from seen
