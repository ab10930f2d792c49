-- One row per child; a member is a child looked after at the as-at date under a care order who lives with a parent, met where the parents
-- had been assessed and a nominated officer had approved before the child moved in, or where a placement before the assessment was put
-- right within the time that regulation 19 gives. A child who is not in the register has neither.
with homes as (
    select
        care.* exclude (outside),
        care.outside as outside_care,
        parents.person_id is not null as listed,
        place = 'P1' as at_home,
        coalesce(parents.placement_start_date, placed_on) as with_parents_since,
        coalesce(legal.legal_status, parents.legal_status, care.legal_status) as status,
        coalesce(immediate_placement = 'yes', false) as immediate,
        if(assessment_date <= $as_at, assessment_date, null) as assessed_on,
        if(authorised_date <= $as_at, authorised_date, null) as authorised_on,
        if(later_assessment_date <= $as_at, later_assessment_date, null) as assessed_later_on,
        coalesce(authorised_date_unusable, false)
        or coalesce(if(immediate, later_assessment_date_unusable, assessment_date_unusable), false) as unusable
    from care_at('cla_episodes', $as_at) as care
    left join placement_at('cla_placement', $as_at) using (person_id)
    left join status_at('legal_status', $as_at) as legal using (person_id)
    left join listed_at('parent_placements', $as_at) as parents using (person_id)
),

timed as (
    select
        *,
        if(immediate, add_working_days(with_parents_since, $assess_within_working_days), with_parents_since) as assess_by,
        if(immediate, add_working_days(assessed_later_on, $decide_within_working_days), with_parents_since) as decide_by
    from homes
),

judged as (
    select
        *,
        coalesce(if(immediate, assessed_later_on, assessed_on) <= assess_by and authorised_on <= decide_by, false) as met,
        immediate and authorised_on is null and not unusable
        and coalesce(if(assessed_later_on is null, assess_by, if(assessed_later_on <= assess_by, decide_by, null)) >= $as_at, false)
            as waiting,
        case
            when outside_care is not null then outside_care
            when not (listed or coalesce(at_home, false)) then 'not_at_home'
            when status not in ('C1', 'C2') then 'no_care_order'
            when waiting then 'being_assessed'
        end as outside
    from timed
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'being_assessed' and countable, countable and status is not null, if(unusable and not met, 'unusable', null), met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    with_parents_since as starts_on,
    authorised_on as decides_on,
    assess_by as due_on,
    authorised_on as done_on,
    delivery_id,
    source_row
from judged
