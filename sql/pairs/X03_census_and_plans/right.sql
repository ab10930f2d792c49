-- One row per child that List 7 names; it counts where the plan is open on the last day of the year. Of a child that the list does not name
-- the case system may have the plan that was open then, and its end since.
with listed as (
    select * from cp_plans where contract = 'annex_a.list_07'
),

named as (
    select
        *, outside_open(cp_plan_start_date, cp_plan_end_date, $as_at) as outside,
        open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, $as_at) is not null as countable,
        replace(initial_category, '_', ' ') as says, initial_category as code
    from listed
    qualify row_number() over (
        partition by person_id order by outside is not null, cp_plan_start_date is null, delivery_id desc, source_row desc
    ) = 1
),

ended as (
    select
        *, null::varchar as team, 'ended_since' as outside, true as countable,
        'ended ' || strftime(cp_plan_end_date, '%d/%m/%Y') as says, null::varchar as code
    from cp_plan_history
    where contract = 'ssd.cp_plans' and cp_plan_start_date <= $as_at and cp_plan_end_date > $as_at
        and cp_plan_end_date < (select max(extracted_on) from listed) - interval 6 months
        and person_id not in (select person_id from listed where person_id is not null)
    qualify row_number() over (partition by person_id order by cp_plan_start_date desc, source_row desc) = 1
)

select
    person_id as case_id, person_id as child_id, team, outside, countable, cp_plan_start_date as starts_on, says, code,
    cp_plan_start_date as coded_on, delivery_id, source_row
from named
union all
select
    person_id as case_id, person_id as child_id, team, outside, countable, cp_plan_start_date as starts_on, says, code,
    cp_plan_start_date as coded_on, delivery_id, source_row
from ended
