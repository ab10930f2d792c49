-- What is missing, found by shape: a run of ids, a span of dates, one team, one worker, one code. Reads block_rows (list, row_id,
-- is_missing) and block_values (list, row_id, shape, column_name, value, place);
-- place is a number for what has an order (ids, dates), else null.
--
-- A candidate is a value, or a run of values that follow each other, of which nearly all rows are missing. It is a block where that is no
-- chance: elsewhere, outside every candidate, few rows are missing, and so many together would not come about by those few.
create or replace temp table block_candidates as
with counted as (
    select
        marked.list, marked.shape, marked.column_name, marked.value, any_value(marked.place) as place, count(*)::integer as row_count,
        count(*) filter (rows.is_missing)::integer as missing, missing >= $share * row_count as is_lost
    from block_values as marked
    join block_rows as rows on marked.list = rows.list and marked.row_id = rows.row_id
    where marked.value is not null
    group by marked.list, marked.shape, marked.column_name, marked.value
),

ordered as (
    select
        *, row_number() over (partition by list, shape, column_name order by place, value)
        - row_number() over (partition by list, shape, column_name, is_lost order by place, value) as island
    from counted where place is not null
),

spans as (
    select
        list, shape, column_name, min_by(value, place) as first_value, max_by(value, place) as last_value, min(place) as first_place,
        max(place) as last_place, sum(row_count)::integer as row_count, sum(missing)::integer as missing
    from ordered where is_lost group by list, shape, column_name, island
    union all
    select
        list, shape, column_name, value as first_value, value as last_value, null as first_place, null as last_place, row_count, missing
    from counted where is_lost and place is null
)

select *, row_number() over (order by list, shape, column_name, first_place, first_value) as candidate
from spans where missing >= $least;

create or replace temp table candidate_rows as
select marked.list, marked.row_id, candidates.candidate
from block_candidates as candidates
join block_values as marked
    on candidates.list = marked.list and candidates.shape = marked.shape and candidates.column_name = marked.column_name
    and if(
        candidates.first_place is null, marked.place is null and candidates.first_value = marked.value,
        marked.place between candidates.first_place and candidates.last_place
    );

-- Outside every candidate: what is missing there is what goes missing anyway.
create or replace temp table block_elsewhere as
select rows.list, count(*)::integer as row_count, count(*) filter (rows.is_missing)::integer as missing
from block_rows as rows
anti join candidate_rows as held on rows.list = held.list and rows.row_id = held.row_id
group by rows.list;

-- Each missing row has one cause: of the blocks that hold it the one that explains most, a team before its workers, an order last.
create or replace temp table block_of as
with proven as (
    select candidates.*, elsewhere.row_count as elsewhere_rows, elsewhere.missing as elsewhere_missing
    from block_candidates as candidates
    join block_elsewhere as elsewhere on candidates.list = elsewhere.list
    where
        elsewhere.row_count >= $least and elsewhere.missing <= $elsewhere * elsewhere.row_count
        and (elsewhere.row_count + candidates.row_count)
        * pow(greatest(elsewhere.missing / elsewhere.row_count, 1 / (elsewhere.row_count + candidates.row_count)), candidates.missing)
        <= $chance
),

ranked as (
    select proven.*, held.row_id
    from proven
    join candidate_rows as held on proven.candidate = held.candidate
    join block_rows as rows on held.list = rows.list and held.row_id = rows.row_id
    where rows.is_missing
    qualify row_number() over (
        partition by held.list, held.row_id
        order by proven.missing desc, proven.row_count asc,
            list_position(['team', 'worker', 'code', 'ids', 'dates'], proven.shape) asc, proven.candidate asc
    ) = 1
)

select * exclude (candidate), candidate as block from ranked
qualify count(*) over (partition by candidate) >= $least;

create or replace temp table blocks as
select
    block, list, shape, column_name, first_value, last_value, missing, row_count, elsewhere_missing, elsewhere_rows,
    count(*)::integer as explains
from block_of group by all;
