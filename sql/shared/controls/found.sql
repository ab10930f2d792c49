-- By fault: how many of its children have no difference of that reason, and how many have one of another. Children without a fault
-- (CLEAN) must have none at all; a fault that is no child's is told by its team's line.
with told as (
    select bare_key(child_id) as bare, list(distinct reason) as reasons
    from facts.items where authority = 'CONTROL' and team <> 'ALL' and child_id is not null group by bare_key(child_id)
),
judged as (
    select planted.fault, planted.fault <> 'CLEAN' and not coalesce(list_contains(told.reasons, planted.fault), false) as missed,
        coalesce(len(told.reasons) > list_contains(told.reasons, planted.fault)::integer, false) as mistaken
    from main.planted_children as planted
    left join told on bare_key(planted.child_id) = told.bare
    union all
    select lines.fault, not exists (
        select 1 from facts.items as items
        where items.authority = 'CONTROL' and items.team = lines.team and items.reason = lines.fault and items.child_id is null
    ), false
    from main.planted_lines as lines
)
select fault, count(*), count(*) filter (missed), count(*) filter (mistaken) from judged group by fault order by fault;
