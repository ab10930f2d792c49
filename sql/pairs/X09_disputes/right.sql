-- One row per open dispute about a child of whom the case system has a period of care; it counts where the care goes on at the date.
with cared as (
    select *
    from cla_episodes
    qualify row_number() over (
        partition by person_id
        order by outside_open(cla_start_date, cla_ceased_date, $as_at) is not null, cla_start_date desc, delivery_id desc, source_row desc
    ) = 1
)

select
    event_case(disputes.person_id, disputes.raised_date, disputes.source_row) || '/' || coalesce(disputes.dispute_number, '') as case_id,
    disputes.person_id as child_id,
    cared.team,
    case outside_open(cared.cla_start_date, cared.cla_ceased_date, $as_at)
        when 'closed' then 'care_ended' when 'not_begun' then 'care_not_begun'
    end as outside,
    open_at(disputes.raised_date, disputes.resolved_date, disputes.resolved_date_unusable, $as_at) is not null
    and open_at(cared.cla_start_date, cared.cla_ceased_date, cared.cla_ceased_date_unusable, $as_at) is not null as countable,
    disputes.raised_date as starts_on,
    'looked after since ' || strftime(cared.cla_start_date, '%d/%m/%Y') as says,
    cared.delivery_id,
    cared.source_row
from as_it_stands('iro_disputes') as disputes
join cared on disputes.person_id = cared.person_id
where outside_open(disputes.raised_date, disputes.resolved_date, $as_at) is null
qualify row_number() over (partition by case_id order by disputes.delivery_id desc, disputes.source_row desc) = 1
