-- Under which id each child stands in each extract. `held` has the ids that the conformed tables hold. Of the ids that are one child's in
-- one extract the one nearest the end of the chain takes the child's id; where the extract holds another beside it, that one stays.
create or replace table identity.ids as
with named as (
    select held.*, links.root, links.hops
    from held
    join identity.links as links
        on held.authority = links.authority and held.person_id = links.old_id
        and held.extracted_on between coalesce(links.valid_from, date '0001-01-01') and coalesce(links.valid_to, date '9999-12-31')
    union all by name
    select held.*, held.person_id as root, 0 as hops
    from held
    where (held.authority, held.person_id) in (select (links.authority, links.root) from identity.links as links)
)

select
    authority, contract, extracted_on, person_id as said_id, root,
    if(
        row_number() over (partition by authority, contract, extracted_on, root order by hops, person_id) = 1, root, person_id
    ) as person_id
from named
qualify named.person_id <> root or count(*) over (partition by authority, contract, extracted_on, root) > 1;
