-- Placements, legal statuses and periods of care, from the chain of episodes (care_chain.sql). A row of theirs says where the latest
-- of its episodes stands. Of two episodes that begin on one day the later row is the later one, as in the chain.

-- One row per placement. It counts as a move where it is no temporary one, and no return, after a temporary one, to the home before.
create or replace macro care_placements(episodes) as table
with placements as (
    select
        authority, extracted_on, child, period, placement,
        last(delivery_id order by decom, row_number) as delivery_id,
        last(source_row order by decom, row_number) as source_row,
        min(decom) as started_on,
        last(dec order by decom, row_number) as ended_on,
        last(end_unusable order by decom, row_number) as ended_on_unusable,
        first(rne order by decom, row_number) as start_reason,
        first(place order by decom, row_number) as place,
        first(place_provider order by decom, row_number) as provider,
        first(pl_post order by decom, row_number) as postcode,
        first(urn order by decom, row_number) as urn,
        last(reason_place_change order by decom, row_number) as change_reason,
        bool_or(short_break) as short_break,
        bool_or(temporary) as temporary,
        {
            'place': first(place order by decom, row_number), 'urn': first(urn order by decom, row_number),
            'postcode': first(pl_post order by decom, row_number)
        } as home,
        problems_of(list(problems)) as chain_problem
    from care_chain(episodes)
    group by authority, extracted_on, child, period, placement
)

select
    *,
    coalesce(start_reason in ('T', 'U'), false) as same_carer,
    lead(started_on) over moves as next_start,
    not temporary and not short_break and not coalesce(
        lag(temporary) over moves and home = lag(home) over homes and postcode is not null, false
    ) as counts_as_move
from placements
window
    moves as (partition by authority, extracted_on, child, period order by placement),
    homes as (partition by authority, extracted_on, child, period, temporary order by placement);

create or replace macro care_statuses(episodes) as table
select
    authority, extracted_on, child,
    last(delivery_id order by decom, row_number) as delivery_id,
    last(source_row order by decom, row_number) as source_row,
    min(decom) as started_on,
    last(dec order by decom, row_number) as ended_on,
    last(end_unusable order by decom, row_number) as ended_on_unusable,
    first(ls order by decom, row_number) as legal_status,
    bool_or(ls_unusable) as legal_status_unusable,
    problems_of(list(problems)) as chain_problem
from care_chain(episodes)
group by authority, extracted_on, child, period, status;

-- One row per period. A row that was rejected for its start names a child all the same and is a period of its own.
create or replace macro care_periods(episodes) as table
with moves as (
    select
        authority, extracted_on, child,
        count(*)::integer as placements, (count(*) filter (same_carer))::integer as placements_same_carer
    from care_placements(episodes)
    where counts_as_move and started_on <= extracted_on
        and coalesce(coalesce(ended_on, next_start) > extracted_on - interval 1 year, true)
    group by authority, extracted_on, child
),

periods as (
    select
        authority, extracted_on, child, period,
        last(delivery_id order by decom, row_number) as delivery_id,
        last(source_row order by decom, row_number) as source_row,
        min(decom) as started_on,
        if(last(dec order by decom, row_number) is not null, max(dec), null) as ceased_on,
        last(end_unusable order by decom, row_number) as ceased_on_unusable,
        if(last(dec order by decom, row_number) is not null, last(rec order by dec nulls first, decom, row_number), null) as ceased_reason,
        first(rne order by decom, row_number) as start_reason,
        last(ls order by decom, row_number) as legal_status,
        last(ls_unusable order by decom, row_number) as legal_status_unusable,
        bool_or(short_break) as short_break,
        first(cin order by decom, row_number) as primary_need,
        problems_of(list(problems)) as chain_problem
    from care_chain(episodes)
    group by authority, extracted_on, child, period
)

select
    periods.* exclude (period),
    coalesce(placements, 0) as placements,
    coalesce(placements_same_carer, 0) as placements_same_carer,
    coalesce(not short_break and max(ceased_on) filter (not short_break) over earlier > extracted_on - interval 1 year, false)
        as second_period
from periods
left join moves using (authority, extracted_on, child)
window earlier as (
    partition by authority, extracted_on, child order by period rows between unbounded preceding and 1 preceding
)
union all by name
select
    authority, extracted_on, child, delivery_id, source_row, null::date as started_on, dec as ceased_on,
    dec_unusable as ceased_on_unusable, rec as ceased_reason, rne as start_reason, ls as legal_status, ls_unusable as legal_status_unusable,
    coalesce(ls in ('V3', 'V4'), false) as short_break, cin as primary_need, 'start unusable' as chain_problem
from query_table(episodes)
where child is not null and decom is null;
