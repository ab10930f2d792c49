-- What names a break: the case with leading zeros aside; the part of a count without a list, its team; a line that explains itself, too.
update facts.items
set break_key = case
    when kind in ('case', 'duplicate') then bare_key(case_id)
    when kind = 'line' and closed then '~unit ' || coalesce(of_team, team)
    else '~' || coalesce(of_team, team)
end
where authority = $authority and as_at = $as_at;

-- Cases of children who have more than one id, by the id that they have in common. A case that only a list has is named by that one: which
-- of them the list still uses makes it no other difference.
create or replace temp table renamed as
with ids as (
    select root, list_sort(list_distinct(list(bare))) as former from listed_roots where bare <> root group by root
),

called as (
    select distinct
        items.indicator_id, items.case_id, child_of(items.case_id, indicators.is_event) as child,
        substr(items.case_id, length(child) + 1) as rest, coalesce(roots.root, bare_key(child)) as root
    from facts.items as items
    join catalogue_indicators as indicators on items.indicator_id = indicators.indicator_id
    left join listed_roots as roots on bare_key(child_of(items.case_id, indicators.is_event)) = roots.bare
    where items.authority = $authority and items.as_at = $as_at and items.kind in ('case', 'duplicate')
),

keyed as (
    select
        called.indicator_id, called.case_id,
        if(cases.case_id is null, called.root || called.rest, bare_key(called.case_id)) as break_key,
        list_transform(list_prepend(called.root, ids.former), lambda id: id || called.rest) as every_key
    from called
    join ids on called.root = ids.root
    left join cases on called.indicator_id = cases.indicator_id and called.case_id = cases.case_id
)

select indicator_id, case_id, break_key, list_filter(every_key, lambda one: one <> break_key) as other_keys from keyed;

update facts.items
set break_key = renamed.break_key, other_keys = renamed.other_keys
from renamed
where
    items.authority = $authority and items.as_at = $as_at and items.kind in ('case', 'duplicate')
    and items.indicator_id = renamed.indicator_id and items.case_id = renamed.case_id;
