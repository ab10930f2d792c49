-- One row per worker whom allocations name; a member is one who held a child in the month, its value the most new children within so
-- many days on end, of which the last lies in the month.
with starts as (
    select distinct professional_id, person_id, involvement_start_date as began
    from allocations_of_record('involvements', 'professionals')
    where professional_id is not null and involvement_start_date between $period_start - ($within_days - 1) and $as_at
),

busy as (
    select professional_id, max(new_cases) as most
    from (
        select last.professional_id, last.person_id, last.began, count(*) as new_cases
        from starts as last
        join starts as earlier
            on last.professional_id = earlier.professional_id
            and earlier.began between last.began - ($within_days - 1) and last.began
        where last.began >= $period_start
        group by all
    )
    group by professional_id
),

workers as (
    select
        professional_id,
        arg_max(professional_team, coalesce(involvement_start_date, date '1990-01-01')) as team,
        bool_or(unclear) as unclear,
        bool_or(coalesce(involvement_start_date <= $as_at, true) and coalesce(involvement_end_date >= $period_start, true)) as held_any,
        max(delivery_id) as delivery_id,
        max(source_row) as source_row
    from allocations_of_record('involvements', 'professionals')
    where professional_id is not null
    group by professional_id
),

cases as (
    select *, coalesce(most, 0) as new_cases, if(held_any, null, 'held_none') as outside from workers left join busy using (professional_id)
)

select
    professional_id as case_id,
    null::varchar as child_id,
    team,
    professional_id as worker,
    case_state(outside, false, true, if(unclear, 'unusable', null), true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    null::date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row,
    if(state = 'met', new_cases, null)::double as value
from cases
