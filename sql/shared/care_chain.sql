-- Episodes of care (a new one for each change of legal status, placement or carer) in their order, and how they hang together. A
-- period of care is a chain of episodes in which the reason for ending is X1 and the next begins on the same or the next day; short
-- breaks (V3 and V4) and other care are periods of their own. Nothing is mended: where a chain is broken, dates stay as they were
-- recorded and `problems` says what is wrong. `episodes` names a typed table with the columns of the SSDA903 file of episodes.
create or replace macro care_chain(episodes) as table
with neighbours as (
    select
        *,
        coalesce(ls in ('V3', 'V4'), false) as short_break,
        coalesce(place in ('T0', 'T1', 'T2', 'T3', 'T4'), false) as temporary,
        lag(decom) over chain as decom_before,
        lag(dec) over chain as dec_before,
        lag(rec) over chain as rec_before,
        lag(ls) over chain as ls_before,
        coalesce(lag(ls) over chain in ('V3', 'V4'), false) as short_break_before,
        lead(decom) over chain as decom_after,
        max(dec) over (chain rows between unbounded preceding and 1 preceding) as latest_dec
    from query_table(episodes)
    where is_counted and child is not null and decom is not null
    window chain as (partition by authority, extracted_on, child order by decom, row_number)
),

linked as (
    select
        *,
        coalesce(dec_unusable, false) or (dec is null and decom_after is not null) as end_unusable,
        decom_before is not null and (
            dec_before is null
            or coalesce(decom < latest_dec, false)
            or (coalesce(rec_before, 'X1') = 'X1' and decom between dec_before and dec_before + 1)
        ) as follows,
        not follows or short_break <> short_break_before as begins_period,
        list_filter([
            if(not follows and rne is distinct from 'S', 'no start', null),
            if(dec is null and decom_after is not null, 'no end', null),
            if(dec < decom, 'end before start', null),
            if(decom < latest_dec, 'overlap', null),
            if((rec = 'X1' and decom_after > dec + 1) or (rec_before = 'X1' and not follows), 'gap', null),
            if(rec = 'X1' and decom_after is null, 'nothing follows', null),
            if(dec is null and rec <> 'X1', 'reason without end', null),
            if(dec is not null and rec is null, 'no reason', null)
        ], lambda problem: problem is not null) as problems
    from neighbours
)

select
    *,
    sum(begins_period::integer) over chain as period,
    sum((begins_period or rne is distinct from 'L')::integer) over chain as placement,
    sum((begins_period or ls is distinct from ls_before)::integer) over chain as status
from linked
window chain as (partition by authority, extracted_on, child order by decom, row_number);

create or replace macro problems_of(lists) as
    nullif(array_to_string(list_sort(list_distinct(flatten(lists))), ', '), '');
