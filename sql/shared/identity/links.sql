-- Which id is another's. A crosswalk says so row by row, the newest extract that names an old id deciding; people say so pair by pair
-- (told_links). What contradicts itself is refused and applied nowhere: an old id that is two children's on one day, and a circle.
create or replace temp table said_links as
select
    authority, identifier_value as old_id, person_id as new_id, valid_from_date as valid_from, valid_to_date as valid_to,
    coalesce(said_by, contract) as said_by, contract, delivery_id, source_row
from conformed.linked_identifiers
where identifier_type = 'former system id' and identifier_value <> person_id
qualify extracted_on = max(extracted_on) over (partition by authority, contract, identifier_value)
union all by name
select authority, old_id, new_id, null as valid_from, null as valid_to, said_by, '' as contract, '' as delivery_id, '' as source_row
from told_links
where same;

create or replace table identity.refused as
with recursive reached as (
    select authority, old_id as start, new_id as at_id from said_links
    union
    select reached.authority, reached.start, further.new_id
    from reached
    join said_links as further on reached.authority = further.authority and reached.at_id = further.old_id
)

select
    said.*,
    case
        when (said.authority, said.new_id, said.old_id) in (select (authority, start, at_id) from reached) then 'circle'
        else 'two children'
    end as why
from said_links as said
where
    why = 'circle'
    or exists (
        select 1 from said_links as other
        where
            other.authority = said.authority and other.old_id = said.old_id and other.new_id <> said.new_id
            and coalesce(other.valid_from, date '0001-01-01') <= coalesce(said.valid_to, date '9999-12-31')
            and coalesce(said.valid_from, date '0001-01-01') <= coalesce(other.valid_to, date '9999-12-31')
    );

-- root is where a chain ends. From the second step on no day is asked: it is the child by then, whatever the number was called when.
create or replace table identity.links as
with recursive accepted as (
    select distinct authority, old_id, new_id, valid_from, valid_to
    from said_links
    where (authority, old_id, new_id) not in (select (r.authority, r.old_id, r.new_id) from identity.refused as r)
),

onward as (
    select authority, old_id, any_value(new_id) as new_id
    from accepted
    group by authority, old_id
    having count(distinct new_id) = 1
),

walk as (
    select *, new_id as root, 1 as hops from accepted
    union all
    select walk.* replace (onward.new_id as root, walk.hops + 1 as hops)
    from walk
    join onward on walk.authority = onward.authority and walk.root = onward.old_id
)

select authority, old_id, new_id, valid_from, valid_to, max(hops) as hops, arg_max(root, hops) as root
from walk
group by authority, old_id, new_id, valid_from, valid_to;
