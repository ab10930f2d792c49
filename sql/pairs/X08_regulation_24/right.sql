-- One row per child with a placement; it counts where the one at the date is with relatives or friends (U1 to U3).
select
    person_id as case_id,
    person_id as child_id,
    null::varchar as team,
    coalesce(
        if(cla_placement_end_date <= $as_at, 'ended', null),
        if(cla_placement_start_date > $as_at, 'not_begun', null),
        if(cla_placement_type not in ('U1', 'U2', 'U3'), 'other_placement', null)
    ) as outside,
    cla_placement_start_date is not null and cla_placement_end_date_unusable is not true and cla_placement_type is not null as countable,
    cla_placement_start_date as starts_on,
    cla_placement_type as says,
    delivery_id,
    source_row
from cla_placement
qualify row_number() over (
    partition by person_id
    order by
        coalesce(outside in ('ended', 'not_begun'), false) asc, cla_placement_start_date desc nulls last, delivery_id desc, source_row desc
) = 1
