-- One row per dispute that is open at the date, or may be, as the tracker stands.
select
    event_case(person_id, raised_date, source_row) || '/' || coalesce(dispute_number, '') as case_id,
    person_id as child_id,
    team,
    null::varchar as outside,
    open_at(raised_date, resolved_date, resolved_date_unusable, $as_at) is not null as countable,
    raised_date as starts_on,
    stage as says,
    delivery_id,
    source_row
from as_it_stands('iro_disputes')
where person_id is not null and outside_open(raised_date, resolved_date, $as_at) is null
qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
