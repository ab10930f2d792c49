-- Pairs of systems as they are published: each with its net and how many differences it has, and its cases with names that last.
create or replace table main.pairs as
select
    pairs.*, coalesce(sum(lines.effect), 0)::integer as net, coalesce(sum(lines.moved), 0)::integer as gross
from facts.pairs as pairs
left join (
    select authority, as_at, pair_id, sum(effect) as effect, sum(gross) as moved from facts.pair_lines group by all
) as lines
    on pairs.authority = lines.authority and pairs.as_at = lines.as_at and pairs.pair_id = lines.pair_id
group by all;

create or replace table main.pair_lines as
select authority, pair_id, as_at, reason, says, effect, cases, evidence from facts.pair_lines;

create or replace table main.pair_items as
select
    items.authority, ids.break_id as difference_id, items.pair_id, items.as_at, items.case_id, items.child_id, items.effect, items.reason,
    items.secondary_reasons, items.evidence, items.why, items.left_case, items.right_case, items.left_team, items.right_team,
    items.left_starts_on, items.right_starts_on, items.left_says, items.right_says,
    mine.file || ' ' || items.left_source_row as left_source, theirs.file || ' ' || items.right_source_row as right_source,
    items.left_delivery_id, items.left_source_row, items.right_delivery_id, items.right_source_row, seen.first_seen
from facts.pair_items as items
join pair_ids as ids
    on items.authority = ids.authority and items.pair_id = ids.pair_id and items.break_key = ids.break_key
left join book.seen as seen on items.authority = seen.authority and ids.break_id = seen.break_id and seen.kind = 'pair'
left join facts.deliveries as mine on items.left_delivery_id = mine.delivery_id
left join facts.deliveries as theirs on items.right_delivery_id = theirs.delivery_id;
