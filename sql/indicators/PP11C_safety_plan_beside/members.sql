-- One row per child with a safety plan; a member is a child whose safety plan stands at the as-at date and who is on a protection plan too.
with plans as (
    select
        *,
        outside_open(start_date, end_date, $as_at) as not_open,
        open_at(start_date, end_date, end_date_unusable, $as_at) as stands
    from as_it_stands('safety_plans')
    qualify row_number() over (
        partition by person_id
        order by
            outside_open(start_date, end_date, $as_at) is not null, start_date is null, start_date asc,
            delivery_id desc, source_row desc
    ) = 1
),

cases as (
    select
        plans.*,
        coalesce(protected.on_a_plan, protected.person_id is null) is not null
        and (protected.person_id is null or protected.on_a_plan is not null or protected.not_open is not null) as known,
        coalesce(
            plans.not_open, if(protected.person_id is null or protected.not_open is not null, 'no_cp_plan', null)
        ) as outside
    from plans
    left join plan_of_child('cp_plans', $as_at) as protected using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, stands is not null and known, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from cases
