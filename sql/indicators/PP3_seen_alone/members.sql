-- One row per child that List 7 names; a member is a child on a plan, born, with a last visit recorded, met where seen alone at it.
-- The birth is that of the plan's own row; a source that keeps its children apart from their plans has one of the child.
with births as (
    select
        cp_plans.delivery_id,
        cp_plans.source_row,
        arg_max(
            {'born_on': person.date_of_birth, 'unusable': person.date_of_birth_unusable},
            {
                'own': person.delivery_id = cp_plans.delivery_id and person.source_row = cp_plans.source_row,
                'born_on': coalesce(person.date_of_birth, date '1900-01-01'),
                'unusable': coalesce(person.date_of_birth_unusable, false)
            }
        ) as birth
    from cp_plans
    join person using (person_id)
    group by cp_plans.delivery_id, cp_plans.source_row
),

visits as (
    select
        cp_plans.delivery_id,
        cp_plans.source_row,
        last_event(
            cp_visit_date, cp_visit_date_unusable, {'alone': seen_alone, 'unusable': seen_alone_unusable}, cp_visits.extracted_on,
            cp_visits.delivery_id = cp_plans.delivery_id and cp_visits.source_row = cp_plans.source_row, $as_at
        ) as visit
    from cp_plans
    join cp_visits using (person_id)
    where
        cp_visits.cp_plan_start_date is not null
        or (cp_visits.delivery_id = cp_plans.delivery_id and cp_visits.source_row = cp_plans.source_row)
    group by cp_plans.delivery_id, cp_plans.source_row
),

plans as (
    select
        cp_plans.*,
        open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, $as_at) is not null
        and (birth['born_on'] is not null or birth['unusable'] is not true) as countable,
        recorded_on(visit, extracted_on) as recorded,
        recorded_unusable(visit, extracted_on) as unusable,
        is_overwritten(visit, extracted_on, $as_at) as overwritten,
        if(overwritten, null, decided_on(visit, extracted_on, $as_at)) as seen_on,
        decided_detail(visit, extracted_on, $as_at) as detail,
        coalesce(
            outside_open(cp_plan_start_date, cp_plan_end_date, $as_at),
            case when birth['born_on'] > $as_at then 'unborn' when not (unusable or overwritten) and seen_on is null then 'no_visit' end
        ) as outside
    from cp_plans
    left join births using (delivery_id, source_row)
    left join visits using (delivery_id, source_row)
    qualify row_number() over (
        partition by person_id order by outside is not null, cp_plan_start_date is null, delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, countable,
        case when unusable then 'unusable' when overwritten then 'overtaken' when detail.unusable then 'unusable' end,
        detail.alone = 'yes'
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    recorded as decides_on,
    null::date as due_on,
    seen_on as done_on,
    delivery_id,
    source_row
from plans
