-- What every delivery came to, counted over the typed rows as they are now; the extracts that stand; rejects of refused sheets.
insert into facts.rejects
select d.authority, d.delivery_id, d.file, r.source_row, '', d.reason
from raw.refused_rows as r
join typed.deliveries as d using (delivery_id);

-- As each delivery was read, by itself: what its receipt says. Of one that was withdrawn every row is left out.
create or replace table typed.came_to as
with counted as (
    select
        d.*, d.status in ('loaded', 'loaded_with_rejects', 'rejected') as was_read,
        case when was_read then coalesce(c.loaded, 0) else 0 end as rows_taken,
        case when was_read then coalesce(c.said, 0) else 0 end as rows_said,
        if(d.status = 'withdrawn', d.rows_in, d.rows_ignored) as rows_left_out,
        'No row of it can be used: each has its reason.' as no_row,
        trim(replace(d.reason, no_row, '')) as own_reason
    from typed.deliveries as d
    left join typed.counts as c using (delivery_id)
)

select
    authority, delivery_id, seq, file, sha256, contract, extracted_on, extracted_on_inferred, received_at, file_complete,
    rows_in, rows_taken::integer as rows_loaded, (rows_in - rows_left_out - rows_taken)::integer as rows_rejected,
    rows_left_out as rows_ignored,
    case
        when not was_read then status
        when status = 'loaded' and rows_in = 0 then status  -- a return that says that there are none
        when rows_taken = 0 then 'rejected'
        when rows_taken < rows_in - rows_ignored then 'loaded_with_rejects'
        else 'loaded'
    end as status,
    case
        when not was_read then reason
        when rows_taken = 0 and rows_said > 0 then trim(own_reason || ' ' || no_row)
        else own_reason
    end as reason
from counted;

-- As each stands beside the others. A held delivery keeps what its rows came to: they wait. typed.empty are lists without rows that stand.
create or replace table typed.receipts as
select
    came.* replace (
        case when held.against is not null then 'held' when empty.delivery_id is not null then 'loaded' else came.status end as status,
        case
            when empty.delivery_id is not null
                then 'The list has no row, and is taken so: somebody released it, or the extract before had none either.'
            when held.against is null then came.reason
            else trim(
                'Held: this extract has ' || held.size || ' rows and that of ' || strftime(held.against, '%-d %B %Y') || ' has '
                || held.against_size || '. Figures stand on that one until somebody releases this delivery or a fuller one follows. '
                || came.reason
            )
        end as reason
    )
from typed.came_to as came
left join typed.held as held using (delivery_id)
left join typed.empty as empty using (delivery_id);

create or replace view typed.extracts as
select distinct authority, contract, extracted_on
from typed.receipts
where status in ('loaded', 'loaded_with_rejects') and contract <> '';
