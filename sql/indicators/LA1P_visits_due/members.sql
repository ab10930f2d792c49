-- One row per visit that regulation 28 asks for, counted from the start of the present placement and from each visit since; a member is
-- one that fell due in the month, met where the next visit was made by then. One old gap stays visible when the next visit is typed up.
with ruled as (
    from visiting_rules(
        'cla_episodes', 'cla_placement', 'legal_status', 'reg24_approvals', 'parent_placements', 'cla_reviews', $as_at
    )
),

-- A visit on the very day from which visits are counted is the first one.
steps as (
    select person_id, step_on, bool_or(visited) as visited
    from (
        select person_id, visits_from as step_on, false as visited from ruled
        union all
        select ruled.person_id, visit_date, true
        from ruled
        join days_seen('visits', 'cla') as log on ruled.person_id = log.person_id
        where visit_date >= visits_from and visit_date <= $as_at
    )
    group by person_id, step_on
),

chained as (
    select *, lead(step_on) over (partition by person_id order by step_on) as next_on
    from steps
),

logs as (select team, max(extracted_on) as known_to from visits group by team),

-- A case system's visits name no team: they are of every team.
of_all as (select max(known_to) as known_to from logs where team is null),

cases as (
    select
        ruled.* exclude (outside),
        event_case(ruled.person_id, step_on, source_row) as case_id,
        step_on,
        next_on as done_on,
        visit_due_on(
            visiting_rule, visits_from, first_reviewed_on, if(visited, step_on, null), $first_visit_within_days, $weekly_visit_within_days,
            $temporary_visit_within_days, $usual_visit_within_days, $long_visit_within_months
        ) as due_on,
        coalesce(logs.known_to, of_all.known_to) as log_to,
        case
            when outside is not null then outside
            when due_on < $period_start or due_on > $as_at then 'due_outside_period'
            when log_to is null then 'no_log'
            when due_on > log_to then 'not_delivered'
        end as outside
    from ruled
    join chained using (person_id)
    left join logs on ruled.team = logs.team
    cross join of_all
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, outside = 'not_delivered' and countable, countable, null, done_on <= due_on) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    step_on as starts_on,
    done_on as decides_on,
    due_on,
    done_on,
    delivery_id,
    source_row
from cases
