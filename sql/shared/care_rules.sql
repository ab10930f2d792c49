-- How often children looked after are to be visited and reviewed: regulations 28 and 33 of the care planning regulations.

-- Regulation 28: of each child the day from which visits are counted, the interval until its first review since then and the one
-- after that. Days, or months where the placement is meant to last.
create or replace macro visiting_rules(episodes, placements, statuses, approvals, with_parents, reviews, as_at) as table
with known as (
    select
        care.*,
        coalesce(legal.legal_status, care.legal_status) as status,
        place,
        approval.person_id is not null and coalesce(approval.full_approval_date > as_at, true) as temporary,
        parents.person_id is not null or coalesce(place = 'P1', false) as at_home,
        coalesce(parents.immediate_placement = 'yes', false) as immediate,
        coalesce(
            if(temporary, approval.placement_start_date, null), parents.placement_start_date, placed_on, care.cla_start_date
        ) as placed_since,
        case
            when at_home and immediate then 'regulation 19'
            when temporary then 'regulation 24'
            when at_home and status = 'C1' then 'interim order at home'
            when at_home and status = 'C2' then 'care order at home'
            when place in ('U1', 'U4') then 'long term'
            else 'usual'
        end as visiting_rule,
        if(visiting_rule = 'care order at home', greatest(placed_since, ordered_on), placed_since) as visits_from
    from care_at(episodes, as_at) as care
    left join placement_at(placements, as_at) using (person_id)
    left join status_at(statuses, as_at) as legal using (person_id)
    left join listed_at(approvals, as_at) as approval using (person_id)
    left join listed_at(with_parents, as_at) as parents using (person_id)
),

first_reviews as (
    select known.person_id, min(cla_review_date) as first_reviewed_on
    from known
    join query_table(reviews) as held on known.person_id = held.person_id
    where cla_review_date between visits_from and as_at
    group by known.person_id
)

select *
from known
left join first_reviews using (person_id);

-- When a visit is due after the day on which the last one was made (or, none yet, after the day from which visits are counted).
-- An interval that ends after the first year of a placement meant to last is the long one.
create or replace macro visit_due_on(
    visiting_rule, visits_from, first_reviewed_on, seen_on, first_days, weekly_days, temporary_days, usual_days, long_months
) as
    case
        when seen_on is null or seen_on < visits_from then visits_from + first_days
        when visiting_rule in ('regulation 19', 'regulation 24', 'interim order at home')
            and coalesce(first_reviewed_on > seen_on + weekly_days, true) then seen_on + weekly_days
        when visiting_rule in ('regulation 24', 'interim order at home') then seen_on + temporary_days
        when visiting_rule = 'long term' and seen_on + usual_days >= (visits_from + interval 1 year)::date
            then (seen_on + to_months(long_months))::date
        else seen_on + usual_days
    end;

-- A child's reviews as a chain: one row for the start of care and one for each review, with the day by which the next was due and the
-- day on which it was held. A return shows the reviews of its year: where care began before the first review that is known of anyone,
-- nobody knows which of the child's reviews was the first, and all are taken for later ones; `complete` says that it is known.
create or replace macro review_chain(episodes, reviews, as_at, first_working_days, second_months, later_months) as table
with care as (from care_at(episodes, as_at)),

kept as (
    select *
    from query_table(reviews)
    qualify starts_with(contract, 'ssda903') or extracted_on = max(extracted_on) over (partition by contract)
),

reach as (select min(cla_review_date) as known_from, max(extracted_on) as known_to from query_table(reviews)),

steps as (
    select person_id, cla_start_date as step_on, false as reviewed from care
    union
    select care.person_id, cla_review_date as step_on, true as reviewed
    from care
    join kept on care.person_id = kept.person_id
    where cla_review_date > care.cla_start_date and cla_review_date <= as_at
),

chained as (
    select
        *,
        row_number() over chain as place,
        lead(step_on) over chain as next_on
    from steps
    window chain as (partition by person_id order by step_on)
)

select
    care.*,
    step_on,
    reviewed,
    next_on,
    coalesce(cla_start_date >= known_from, false) as complete,
    known_to,
    case
        when not reviewed then add_working_days(step_on, first_working_days)
        when place = 2 and complete then (step_on + to_months(second_months))::date
        else (step_on + to_months(later_months))::date
    end as due_on
from care
join chained using (person_id)
cross join reach;
