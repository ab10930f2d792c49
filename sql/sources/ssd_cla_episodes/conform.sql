-- Periods of care out of episodes; the legal status is the latest that had begun by the end of the period, or by the day of the read.
-- Placements within twelve months are those in being then, temporary ones (T0 to T4) left out.
insert into conformed.cla_episodes by name
select
    entry.authority, 'ssd.cla_episodes' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.clae_person_id as person_id, periods.start_on as cla_start_date, periods.start_on is null as cla_start_date_unusable,
    periods.ended.ceased as cla_ceased_date, periods.ended.unusable as cla_ceased_date_unusable,
    entry.clae_cla_episode_ceased_reason as cla_ceased_reason, statuses.status.code as legal_status,
    coalesce(statuses.status.unusable, false) as legal_status_unusable, placements.number as placements_last_12_months,
    false as placements_last_12_months_unusable, entry.clae_cla_primary_need_code as cla_primary_need,
    entry.clae_cla_last_iro_contact_date as cla_last_iro_contact_date,
    entry.clae_cla_last_iro_contact_date_unusable as cla_last_iro_contact_date_unusable, holder.team, holder.worker
from typed.ssd_cla_episodes as entry
join typed.ssd_period as periods
    on
        entry.authority = periods.authority and entry.extracted_on = periods.extracted_on
        and entry.clae_person_id = periods.person_id and entry.delivery_id = periods.last_row.delivery
        and entry.source_row = periods.last_row.row
left join (
    select
        spans.authority, spans.extracted_on, spans.person_id, spans.period_id,
        arg_max(
            {'code': legal.lega_legal_status, 'unusable': legal.lega_legal_status_unusable},
            {'on': legal.lega_legal_status_start_date, 'row': legal.row_number}
        ) as status
    from typed.ssd_period as spans
    join typed.ssd_beside as beside
        on
            spans.authority = beside.authority and spans.extracted_on = beside.extracted_on
            and beside.contract = 'ssd.legal_status'
    join typed.ssd_legal_status as legal
        on
            beside.authority = legal.authority and beside.beside_on = legal.extracted_on
            and spans.person_id = legal.lega_person_id
    where
        legal.is_counted and legal.reject_reason is null
        and legal.lega_legal_status_start_date <= coalesce(spans.ended.ceased, spans.extracted_on)
    group by all
) as statuses
    on
        periods.authority = statuses.authority and periods.extracted_on = statuses.extracted_on
        and periods.person_id = statuses.person_id and periods.period_id = statuses.period_id
left join (
    select
        beside.authority, beside.extracted_on, placed.clap_person_id as person_id,
        count(distinct placed.clap_cla_placement_id)::integer as number
    from typed.ssd_beside as beside
    join typed.ssd_cla_placement as placed
        on
            beside.authority = placed.authority and beside.beside_on = placed.extracted_on
            and beside.contract = 'ssd.cla_placement'
    where
        placed.is_counted and placed.reject_reason is null and placed.clap_cla_placement_start_date <= beside.extracted_on
        and coalesce(placed.clap_cla_placement_end_date > years_before(beside.extracted_on, 1), true)
        and coalesce(left(placed.clap_cla_placement_type, 1) <> 'T', true)
    group by all
) as placements
    on
        entry.authority = placements.authority and entry.extracted_on = placements.extracted_on
        and entry.clae_person_id = placements.person_id
left join typed.ssd_holder as holder
    on
        entry.authority = holder.authority and entry.extracted_on = holder.extracted_on
        and entry.clae_person_id = holder.person_id
