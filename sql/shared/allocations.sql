-- What allocations say over a time and not at one date: how often a child's worker changed, how much came new to a worker at once.
-- A name in quotes is the table that is read.

-- Every child whom allocations name: who holds it at the date, and how many workers have in so many months before it.
create or replace macro worker_changes(allocations, staff, as_at, over_months) as table
with workers as (
    select person_id, count(distinct professional_id) as workers, bool_or(unclear) as unclear
    from allocations_of_record(allocations, staff)
    where professional_id is not null
        and coalesce(involvement_start_date <= as_at, true)
        and coalesce(involvement_end_date > (as_at - to_months(over_months))::date, true)
    group by person_id
),

listed as (
    select person_id, max(delivery_id) as delivery_id, max(source_row) as source_row
    from query_table(allocations)
    where person_id is not null
    group by person_id
)

select
    listed.*, held.professional_team as team, held.holder as worker, held.involvement_start_date,
    coalesce(workers.workers, 0) as workers, coalesce(workers.unclear, false) as unclear,
    coalesce(held.unclear, false) as perhaps_held, if(held.person_id is null, 'not_held', null) as outside
from listed
left join workers using (person_id)
left join holders_at(allocations, staff, as_at) as held using (person_id);

-- Every worker whom allocations name, with the most children that came new within so many days on end, of which the last lies in
-- the period.
create or replace macro most_new_cases(allocations, staff, first_day, as_at, within_days) as table
with named as (
    select * from allocations_of_record(allocations, staff) where professional_id is not null
),

starts as (
    select distinct professional_id, person_id, involvement_start_date as began
    from named
    where involvement_start_date between first_day - (within_days - 1) and as_at
),

busy as (
    select professional_id, max(new_cases) as most
    from (
        select last.professional_id, last.person_id, last.began, count(*) as new_cases
        from starts as last
        join starts as earlier
            on last.professional_id = earlier.professional_id and earlier.began between last.began - (within_days - 1) and last.began
        where last.began >= first_day
        group by all
    )
    group by professional_id
),

workers as (
    select
        professional_id,
        arg_max(
            professional_team,
            {'on': coalesce(involvement_start_date, date '1990-01-01'), 'delivery': delivery_id, 'row': source_row}
        ) as team,
        bool_or(unclear) as unclear,
        bool_or(coalesce(involvement_start_date <= as_at, true) and coalesce(involvement_end_date >= first_day, true)) as held_any,
        max(delivery_id) as delivery_id,
        max(source_row) as source_row
    from named
    group by professional_id
)

select *, coalesce(most, 0) as new_cases, if(held_any, null, 'held_none') as outside
from workers left join busy using (professional_id);
