-- One row per child; a member is a child on a plan at the as-at date for three months or more, met where no review of the plan came
-- late: the first within 91 days, each other within 183, counted up to the date. A long gap is proved only where some source shows
-- that no review lay in it: the case system over all its days, a census over its year, Annex A's latest review from its day on. Else
-- nobody can say.
with plans as (
    select *, $as_at - cp_plan_start_date as age from plan_of_child('cp_plans', $as_at)
),

returned as (
    select * from as_returned('cp_review_history')
),

held as (
    select person_id, cp_review_date as day, coalesce(cp_review_date_unusable, false) as unusable from returned
    union
    select person_id, cp_review_date, coalesce(cp_review_date_unusable, false) from cp_reviews
),

chain as (
    select
        plans.person_id,
        plans.cp_plan_start_date as started_on,
        unnest([cp_plan_start_date, $as_at]) as day
    from plans
    where on_a_plan
    union
    select plans.person_id, plans.cp_plan_start_date, held.day
    from plans
    join held using (person_id)
    where on_a_plan and held.day > plans.cp_plan_start_date and held.day < $as_at
),

gaps as (
    select
        *,
        lag(day) over (partition by person_id order by day) as since,
        coalesce(day - since > if(since = started_on, $first_within_days, $then_within_days), false) as late
    from chain
),

covered as (
    select distinct null as person_id, complete_from, complete_to from returned
    union all
    select person_id, coalesce(cp_review_date, cp_plan_start_date), extracted_on
    from cp_reviews
    where cp_review_date_unusable is not true
),

proved as (
    select gaps.person_id, gaps.day
    from gaps
    join covered on gaps.person_id = covered.person_id and covered.complete_from <= gaps.since and covered.complete_to >= gaps.day
    where gaps.late
    union
    select gaps.person_id, gaps.day
    from gaps
    join covered on covered.person_id is null and covered.complete_from <= gaps.since and covered.complete_to >= gaps.day
    where gaps.late
),

judged as (
    select
        gaps.person_id,
        bool_or(late) as late,
        bool_or(proved.day is not null) as proved,
        max(since) as last_on,
        max(since) = any_value(started_on) as unreviewed
    from gaps
    left join proved using (person_id, day)
    group by gaps.person_id
),

cases as (
    select
        plans.*,
        late,
        case
            when late and person_id in (select held.person_id from held where held.unusable) then 'unusable'
            when late and not proved then 'overtaken'
        end as odd,
        if(unreviewed, null, last_on) as reviewed_on,
        last_on + if(unreviewed, $first_within_days, $then_within_days) as due_on,
        case
            when not_open is not null then not_open
            when age < $first_within_days then 'too_new'
            when age = $first_within_days and unreviewed then 'due_today'
        end as outside
    from plans
    left join judged using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, outside = 'due_today', on_a_plan is not null, odd, not late) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    reviewed_on as decides_on,
    due_on,
    reviewed_on as done_on,
    delivery_id,
    source_row
from cases
