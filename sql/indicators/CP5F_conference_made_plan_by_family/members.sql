-- One row per family and day of an initial conference; a member is a meeting held in the month of which the outcome is known, met where a
-- plan was made for any child of the family.
with families as (
    select person_id, min(family_id) as family_id
    from family
    where family_id is not null and person_id is not null
    group by person_id
),

planned as (
    select distinct person_id, cp_plan_start_date as icpc_date, 'yes' as made_plan
    from cp_plans
    where cp_plan_start_date is not null
),

held as (
    select
        conferences.*,
        coalesce(family_id, person_id) || '/' || coalesce(strftime(icpc_date, '%Y-%m-%d'), 'unusable:' || source_row) as case_id,
        coalesce(icpc_outcome_cp, made_plan) as outcome_cp
    from initial_cp_conference as conferences
    left join families using (person_id)
    left join planned using (person_id, icpc_date)
    qualify row_number() over (
        partition by conferences.person_id, case_id order by conferences.delivery_id desc, conferences.source_row desc
    ) = 1
),

meetings as (
    select
        *,
        bool_or(outcome_cp = 'yes') over (partition by case_id) as made_any,
        case
            when icpc_date < $period_start or icpc_date > $as_at then 'not_in_period'
            when made_any is null and icpc_date is not null then 'not_answered'
        end as outside
    from held
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    case_id,
    null::varchar as child_id,
    team,
    worker,
    case_state(outside, outside = 'not_answered', icpc_date is not null, null, made_any) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    icpc_date as starts_on,
    icpc_date as decides_on,
    null::date as due_on,
    icpc_date as done_on,
    delivery_id,
    source_row
from meetings
