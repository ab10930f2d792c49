-- Lines: the sum of the items of one reason, in the pair's own words where they are better than the reason's.
insert into facts.pair_lines by name
select
    items.authority, items.as_at, items.pair_id, items.reason,
    case items.reason
        when 'MANUAL_ONLY' then 'in ' || asked.left_name || ', not in ' || asked.right_name
        when 'SYSTEM_ONLY' then 'in ' || asked.right_name || ', not in ' || asked.left_name
        when 'INVALID' then 'what decides is blank or cannot be read'
        when 'DUPLICATE_MANUAL' then 'one child under two ids in ' || asked.left_name
        when 'DUPLICATE_SYSTEM' then 'one child under two ids in ' || asked.right_name
        else words.says
    end as says,
    sum(items.effect)::integer as effect, sum(abs(items.effect))::integer as gross, count(*)::integer as cases,
    case
        when bool_or(items.evidence = 'probable') then 'probable' when bool_or(items.evidence = 'rule') then 'rule' else 'exact'
    end as evidence
from facts.pair_items as items
join pair_asked as asked on items.pair_id = asked.pair_id
join pair_words as words on items.reason = words.reason
where items.authority = $authority and items.as_at = $as_at
group by all;
