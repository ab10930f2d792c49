-- Who might be one child under two ids: found here, judged by a person, merged by nobody else. Never proposed: ids of different sex, or
-- with different numbers of the health service or of school; pairs that somebody has spoken of. Never called sure: what twins share.
create or replace temp table judged_pairs as
with pairs as (
    select authority, first_id, second_id, list_sort(list(distinct why)) as whys
    from candidates
    group by authority, first_id, second_id
),

told as (
    select authority, least(old_id, new_id) as first_id, greatest(old_id, new_id) as second_id from told_links
),

current as (
    select distinct authority, person_id, kind from numbers where not is_former
),

shared as (
    select distinct x.authority, x.person_id as first_id, y.person_id as second_id, x.kind
    from numbers as x
    join numbers as y
        on x.authority = y.authority and x.kind = y.kind and x.number = y.number and x.person_id < y.person_id
        and not (x.is_former and y.is_former)
),

-- Both have a number of one kind, and none of theirs is the other's.
contradicted as (
    select pairs.authority, pairs.first_id, pairs.second_id
    from pairs
    join current as a on pairs.authority = a.authority and pairs.first_id = a.person_id
    join current as b on pairs.authority = b.authority and pairs.second_id = b.person_id and a.kind = b.kind
    anti join shared
        on pairs.authority = shared.authority and pairs.first_id = shared.first_id and pairs.second_id = shared.second_id
        and a.kind = shared.kind
),

-- By itself, or two people of every pair could be paired by the authority alone: within a transaction the engine knows no sizes.
firsts as materialized (
    select pairs.*, people.born_on, people.sex, people.bare, people.last_on, people.first_on
    from pairs
    join people on pairs.authority = people.authority and pairs.first_id = people.person_id
)

select
    pairs.authority, pairs.first_id, pairs.second_id, pairs.whys, pairs.last_on as first_last, b.last_on as second_last,
    pairs.first_on as first_first, b.first_on as second_first, coalesce(pairs.born_on = b.born_on, false) as same_birth,
    exists (
        select 1 from conformed.family as fa
        join conformed.family as fb on fa.authority = fb.authority and fa.family_id = fb.family_id
        where fa.authority = pairs.authority and fa.person_id = pairs.first_id and fb.person_id = pairs.second_id
    ) as same_family,
    -- by the digits at their end, as an id with letters before it is counted up too
    coalesce(
        abs(try_cast(regexp_extract(pairs.bare, '\d+$') as bigint) - try_cast(regexp_extract(b.bare, '\d+$') as bigint)) between 1 and 3,
        false
    ) as consecutive
from firsts as pairs
join people as b on pairs.authority = b.authority and pairs.second_id = b.person_id
anti join told on pairs.authority = told.authority and pairs.first_id = told.first_id and pairs.second_id = told.second_id
anti join contradicted
    on pairs.authority = contradicted.authority and pairs.first_id = contradicted.first_id and pairs.second_id = contradicted.second_id
where
    coalesce(pairs.sex = b.sex, true)
    and (
        list_contains(whys, 'alike') or coalesce(pairs.born_on = b.born_on, true)
        and (list_contains(whys, 'number') or pairs.born_on is not null and b.born_on is not null)
    );

-- Ids that are alike by a slip of the pen, and nothing more, are two children where one extract holds both. The id that stays is the one
-- that was delivered last.
create or replace table facts.identity_proposals as
with kept as (
    select *, second_last > first_last or (second_last = first_last and second_first >= first_first) as second_stays
    from judged_pairs
    where
        not list_has_any(whys, ['near', 'affix'])
        or len(list_filter(whys, lambda one: one not in ('near', 'affix', 'alike'))) > 0
        or not exists (
            select 1 from conformed.person as x
            join conformed.person as y
                on x.authority = y.authority and x.contract = y.contract and x.extracted_on = y.extracted_on
            where x.authority = judged_pairs.authority and x.person_id = judged_pairs.first_id and y.person_id = judged_pairs.second_id
        )
)

select
    kept.authority, if(second_stays, kept.first_id, kept.second_id) as child_id,
    if(second_stays, kept.second_id, kept.first_id) as other_child_id,
    array_to_string(if(len(whys) = 1, whys, list_filter(whys, lambda one: one <> 'alike')), ',') as why,
    list_contains(whys, 'number') and same_birth and not same_family and not consecutive as is_sure,
    kept.same_family, kept.consecutive, weighed.probability, weighed.weight, weighed.evidence, weighed.doubts
from kept
left join weighed
    on kept.authority = weighed.authority and kept.first_id = weighed.first_id and kept.second_id = weighed.second_id
where (kept.authority, kept.first_id, kept.second_id) not in (
    select (ids.authority, least(ids.person_id, ids.root), greatest(ids.person_id, ids.root)) from identity.ids as ids
);
