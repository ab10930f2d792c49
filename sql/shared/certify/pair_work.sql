-- The differences between systems on the desk: kind `pair`, each a piece of work, of rank 3, since it moves no figure.
insert into desk.items by name
select
    items.authority, items.as_at, items.difference_id as item_id, 'pair' as kind, items.pair_id as indicator_id,
    [items.pair_id] as indicators, items.child_id, items.case_id,
    list_sort(list_distinct(list_filter([items.left_team, items.right_team], lambda team: team is not null))) as teams, items.reason,
    [items.reason] as reasons, items.cause, items.decision, items.decision_lapsed as lapsed, items.first_seen, items.state,
    items.why as message, items.left_source as manual_source, items.right_source as system_source,
    coalesce(held.contract, other.contract) as form, if(items.child_id is null, items.case_id, null) as worker,
    if(items.effect < 0, items.left_starts_on, items.right_starts_on) as event_on, lives.life, lives.since, lives.reason_before,
    items.difference_id as fact, 3 as rank, abs(items.effect) as size
from main.pair_items as items
left join facts.deliveries as held on if(items.effect < 0, items.left_delivery_id, items.right_delivery_id) = held.delivery_id
left join facts.deliveries as other on if(items.effect < 0, items.right_delivery_id, items.left_delivery_id) = other.delivery_id
left join desk.lives as lives
    on items.authority = lives.authority and items.difference_id = lives.break_id and items.as_at = lives.as_at
    and lives.reason is not null
qualify
    row_number() over (partition by items.authority, items.difference_id, items.as_at order by abs(items.effect) desc, items.case_id) = 1;
