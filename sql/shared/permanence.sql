-- Adoption, temporary approval of connected carers, and going missing: what several figures share.

-- What the lists say of each child's adoption: of each list the newest row, the lists of one source beside each other.
create or replace macro adoption_of(permanence) as table
with newest as (
    select *
    from query_table(permanence)
    qualify row_number() over (partition by person_id, contract order by extracted_on desc, delivery_id desc, source_row desc) = 1
)

select
    person_id,
    arg_max(delivery_id, {'on': extracted_on, 'contract': contract}) as delivery_id,
    arg_max(source_row, {'on': extracted_on, 'contract': contract}) as source_row,
    max(entered_care_date) as entered_on,
    entered_on is null and coalesce(bool_or(entered_care_date_unusable), false) as entered_unusable,
    min(adm_decision_date) as decided_on,
    decided_on is null and coalesce(bool_or(adm_decision_date_unusable), false) as decided_unusable,
    max(placement_order_date) as ordered_on,
    ordered_on is null and coalesce(bool_or(placement_order_date_unusable), false) as ordered_unusable,
    max(matched_date) as matched_on,
    matched_on is null and coalesce(bool_or(matched_date_unusable), false) as matched_unusable,
    max(placed_for_adoption_date) as placed_on,
    placed_on is null and coalesce(bool_or(placed_for_adoption_date_unusable), false) as placed_unusable,
    max(placed_ffa_cp_date) as fostered_on,
    max(permanence_order_date) as adopted_on,
    adopted_on is null and coalesce(bool_or(permanence_order_date_unusable), false) as adopted_unusable,
    max(decision_reversed_date) as reversed_on,
    reversed_on is null and coalesce(bool_or(decision_reversed_date_unusable), false) as reversed_unusable
from newest
group by person_id;

-- The same, with the team that looks after the child and the day it came into care: the adoption list's own, else the start of the
-- last period of care that began before the day the child moved in.
create or replace macro adoption_journeys(permanence, episodes) as table
with spells as (
    select
        journey.person_id,
        max(cla_start_date) as started_on,
        arg_max(team, {'on': cla_start_date, 'delivery': care.delivery_id, 'row': care.source_row}) as team,
        arg_max(worker, {'on': cla_start_date, 'delivery': care.delivery_id, 'row': care.source_row}) as worker
    from adoption_of(permanence) as journey
    join query_table(episodes) as care
        on journey.person_id = care.person_id and care.cla_start_date <= coalesce(placed_on, adopted_on, date '2040-12-31')
    group by journey.person_id
)

select
    journey.* exclude (entered_on),
    if(entered_unusable, null, coalesce(entered_on, started_on)) as entered_on,
    team,
    worker
from adoption_of(permanence) as journey
left join spells using (person_id);

-- Temporary approvals under regulation 24: until when each holds, with the one extension that regulation 25 allows, agreed before the
-- first end had come.
create or replace macro temporary_approvals(approvals, as_at, approval_days, extension_days) as table
with cases as (
    select
        *,
        event_case(person_id, placement_start_date, source_row) as case_id,
        case
            when placement_start_date > as_at then 'not_begun'
            when placement_end_date <= as_at then 'ended'
            when full_approval_date <= as_at then 'approved'
        end as outside,
        placement_start_date is not null and placement_end_date_unusable is not true
        and full_approval_date_unusable is not true as countable,
        if(approval_date <= as_at, least(approval_date + approval_days::integer, expiry_date), null) as first_end,
        coalesce(
            extension_date <= least(first_end, as_at),
            extension_date is null and extension_date_unusable is not true and extended_until is not null
        ) as extended,
        if(first_end is not null and extended, least(first_end + extension_days::integer, extended_until), first_end) as holds_until
    from as_it_stands(approvals)
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
)

select
    *,
    coalesce(as_at <= holds_until, false) as in_time,
    case
        when in_time then null
        when approval_date is null and approval_date_unusable then 'unusable'
        when (extension_date_unusable or extended_until_unusable) and as_at <= first_end + extension_days::integer then 'unusable'
    end as odd
from cases;

-- How often a child looked after at a date had gone missing, and what followed the last time: as a list counts it, else counted.
create or replace macro gone_missing(episodes, missing, as_at) as table
with told as (
    select
        person_id,
        coalesce(
            max(missing_episodes_last_12_months),
            if(
                bool_or(missing_episodes_last_12_months_unusable),
                null,
                count(*) filter (
                    missing_episode_type is distinct from 'A' and missing_episode_start_date between years_before(as_at, 1) + 1 and as_at
                )
            )
        )::integer as times,
        times is null as times_unusable,
        arg_max(missing_rhi_offered, {'on': told_on, 'delivery': delivery_id, 'row': source_row}) as offered,
        arg_max(missing_rhi_accepted, {'on': told_on, 'delivery': delivery_id, 'row': source_row}) as accepted
    from (select *, coalesce(missing_episode_start_date, date '1990-01-01') as told_on from query_table(missing))
    group by person_id
)

select
    care.*,
    if(told.person_id is null, 0, times) as times,
    coalesce(times_unusable, false) as times_unusable,
    offered,
    accepted
from care_at(episodes, as_at) as care
left join told using (person_id);
