-- One row per child that List 7 names; it counts where the plan began in the months up to the date. The list has a child's latest plan
-- alone: of a child whose plan there began after the date, or who is not named, the case system may have one that began in them.
with listed as (
    select
        *,
        case
            when cp_plan_start_date <= $as_at - to_months($over_months) then 'before'
            when cp_plan_start_date > $as_at then 'after'
        end as outside,
        cp_plan_start_date is not null as countable
    from cp_plans
    where contract = 'annex_a.list_07'
    qualify row_number() over (
        partition by person_id order by outside is not null, countable desc, delivery_id desc, source_row desc
    ) = 1
),

begun as (
    select *
    from cp_plan_history
    where contract = 'ssd.cp_plans' and cp_plan_start_date > $as_at - to_months($over_months) and cp_plan_start_date <= $as_at
    qualify row_number() over (partition by person_id order by cp_plan_start_date desc, delivery_id desc, source_row desc) = 1
)

select
    listed.person_id as case_id, listed.person_id as child_id, listed.team,
    if(listed.outside = 'after' and begun.person_id is not null, 'replaced', listed.outside) as outside, listed.countable,
    listed.cp_plan_start_date as starts_on, replace(listed.latest_category, '_', ' ') as says, listed.delivery_id, listed.source_row
from listed
left join begun on listed.person_id = begun.person_id
union all
select
    person_id as case_id, person_id as child_id, null as team, 'left_out' as outside, true as countable, cp_plan_start_date as starts_on,
    'begun ' || strftime(cp_plan_start_date, '%d/%m/%Y') as says, delivery_id, source_row
from begun
where person_id not in (select person_id from listed where person_id is not null)
