-- One row per child; a member is a child looked after at the as-at date whose last review (or start of care) lies three months or more
-- back, met where the reviewing officer has visited or spoken with the child since then.
with episodes as (
    from care_at('cla_episodes', $as_at)
),

reviewed as (
    select episodes.person_id, max(cla_review_date) as reviewed_on
    from episodes
    join cla_reviews using (person_id)
    where cla_review_date <= $as_at and cla_review_date >= episodes.cla_start_date
    group by episodes.person_id
),

contacts as (
    select
        episodes.* exclude (outside),
        coalesce(reviewed_on, cla_start_date) as since,
        (coalesce(reviewed_on, cla_start_date) + to_months($contact_within_months))::date as due_on,
        cla_last_iro_contact_date as contact_on,
        coalesce(contact_on > since and contact_on <= $as_at, false) as met,
        coalesce(outside, if(due_on > $as_at, 'too_new', null)) as outside
    from episodes
    left join reviewed using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, countable,
        case when cla_last_iro_contact_date_unusable then 'unusable' when contact_on > $as_at then 'overtaken' end, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    contact_on as decides_on,
    due_on,
    if(met, contact_on, null) as done_on,
    delivery_id,
    source_row
from contacts
