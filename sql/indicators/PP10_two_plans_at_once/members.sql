-- One row per child that List 7 names; a member is a child on a protection plan at the as-at date who has a child in need plan open as
-- well. A plan that its source last knew before the date may have ended since: nobody can say.
with needs as (
    select
        person_id,
        bool_or(
            open_at(cin_plan_start_date, cin_plan_end_date, cin_plan_end_date_unusable, $as_at)
            and (cin_plan_end_date > $as_at or known_to(contract, extracted_on) >= $as_at)
        ) as open,
        bool_or(outside_open(cin_plan_start_date, cin_plan_end_date, $as_at) is null) as perhaps,
        min(cin_plan_start_date) filter (outside_open(cin_plan_start_date, cin_plan_end_date, $as_at) is null) as since
    from cin_plans
    group by person_id
),

cases as (
    select
        plans.*,
        coalesce(open, false) as open,
        since,
        coalesce(not_open, if(coalesce(perhaps, false), null, 'no_cin_plan')) as outside
    from plan_of_child('cp_plans', $as_at) as plans
    left join needs using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, on_a_plan is not null and open, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    since as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
