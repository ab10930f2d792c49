-- One row per dispute, as the tracker stands; it counts where it is open at the date.
select
    event_case(person_id, raised_date, source_row) || '/' || coalesce(dispute_number, '') as case_id,
    person_id as child_id,
    team,
    case outside_open(raised_date, resolved_date, $as_at) when 'closed' then 'resolved' when 'not_begun' then 'not_raised' end as outside,
    open_at(raised_date, resolved_date, resolved_date_unusable, $as_at) is not null as countable,
    raised_date as starts_on,
    stage as says,
    delivery_id,
    source_row
from as_it_stands('iro_disputes')
where person_id is not null
qualify row_number() over (partition by case_id order by outside is not null, delivery_id desc, source_row desc) = 1
