-- Workers, and who holds which child. A name in quotes, where a macro is used, is the table that is read, since the bare
-- names exist only once a position is looked at.

-- One row per worker of the list of staff: whether in post at the date, in the first year, and one who holds cases.
create or replace macro staff_at(staff, as_at) as table
select
    *,
    nullif(professional_department, '') as team,
    if(full_time_equivalency > 0, full_time_equivalency, null) as fte,
    case when role_end_date <= as_at then 'left' when role_start_date > as_at then 'not_begun' end as outside_post,
    role_end_date_unusable is not true and role_start_date_unusable is not true as post_is_known,
    coalesce(asye = 'yes' and coalesce(asye_start_date <= as_at, true), false) as in_first_year,
    coalesce(
        case_holding, if(coalesce(professional_role, 'social_worker') in ('social_worker', 'senior_practitioner'), 'yes', 'no')
    ) = 'yes' as holds_cases
from query_table(staff)
where professional_id is not null
qualify row_number() over (
    partition by professional_id order by outside_post is not null, delivery_id desc, source_row desc
) = 1;

-- Allocations of one source alone: that of the list of staff, else one that names teams. Several sources name the same children twice,
-- and workers by other numbers. Reviewing officers, co-workers and carers' workers hold no case.
create or replace macro allocations_of_record(allocations, staff) as table
select *, coalesce(involvement_start_date_unusable or involvement_end_date_unusable or involvement_start_date is null, false) as unclear
from query_table(allocations)
where person_id is not null
    and coalesce(professional_role_id, 'allocated') in ('allocated', 'duty', 'supervisor')
    and contract = (
        select named.contract
        from (
            select contract, count(professional_team) > 0 as names_teams from query_table(allocations) group by contract
        ) as named
        order by
            split_part(named.contract, '.', 1) in (select split_part(contract, '.', 1) from query_table(staff)) desc,
            named.names_teams desc, named.contract desc
        limit 1
    );

-- Who holds each child at a date: the allocated worker before a duty worker, then the allocation that began last. An allocation covers
-- its last day. One whose dates cannot be read may be the holder's, and is unclear.
create or replace macro holders_at(allocations, staff, as_at) as table
select *, professional_id as holder
from allocations_of_record(allocations, staff)
where coalesce(involvement_start_date <= as_at, unclear) and coalesce(involvement_end_date >= as_at, true)
qualify row_number() over (
    partition by person_id
    order by
        coalesce(professional_role_id, 'allocated') <> 'allocated' asc, involvement_start_date desc nulls last,
        involvement_end_date desc nulls first, professional_id asc, delivery_id desc, source_row desc
) = 1;

-- How many children each worker holds at a date: every worker on the list of staff, and every holder who is on no list.
create or replace macro caseloads_at(allocations, staff, as_at) as table
with held as (
    select
        holder, count(*) filter (not unclear) as cases, count(*) filter (unclear) as unclear_cases,
        arg_max(
            professional_team,
            {'day': coalesce(involvement_start_date, date '1990-01-01'), 'delivery': delivery_id, 'row': source_row}
        ) as held_in,
        max(delivery_id) as delivery_id, max(source_row) as source_row
    from holders_at(allocations, staff, as_at)
    where holder is not null
    group by holder
)

select
    coalesce(professional_id, holder) as worker_id, coalesce(people.team, held_in) as team, fte, professional_role, in_first_year,
    role_start_date, coalesce(cases, 0) as cases, coalesce(unclear_cases, 0) as unclear_cases,
    coalesce(post_is_known, true) as post_is_known,
    coalesce(outside_post, if(holder is null, 'holds_no_case', null)) as outside,
    coalesce(people.delivery_id, held.delivery_id) as delivery_id, coalesce(people.source_row, held.source_row) as source_row
from staff_at(staff, as_at) as people
full join held on professional_id = holder;
