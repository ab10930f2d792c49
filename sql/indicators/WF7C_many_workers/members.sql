-- One row per child whom allocations name; a member is one held at the date, met where enough workers held it in the months before.
with workers as (
    select
        person_id,
        count(distinct professional_id) as workers,
        bool_or(unclear) as unclear,
        max(delivery_id) as delivery_id,
        max(source_row) as source_row
    from allocations_of_record('involvements', 'professionals')
    where professional_id is not null
        and coalesce(involvement_start_date <= $as_at, true)
        and coalesce(involvement_end_date > ($as_at - to_months($over_months))::date, true)
    group by person_id
),

listed as (
    select person_id, max(delivery_id) as delivery_id, max(source_row) as source_row
    from involvements
    where person_id is not null
    group by person_id
),

children as (
    select
        listed.person_id,
        listed.delivery_id,
        listed.source_row,
        held.professional_team as team,
        held.holder as worker,
        held.involvement_start_date,
        coalesce(workers.workers, 0) as workers,
        coalesce(workers.unclear, false) as unclear,
        coalesce(held.unclear, false) as perhaps_held,
        if(held.person_id is null, 'not_held', null) as outside
    from listed
    left join workers using (person_id)
    left join holders_at('involvements', 'professionals', $as_at) as held using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        false,
        not perhaps_held,
        if(unclear and workers < $many_workers, 'unusable', null),
        workers >= $many_workers
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    involvement_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from children
