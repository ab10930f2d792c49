-- Breaks: every item with its identity, its ages' beginnings, its decision and its state.
-- book.* are the ledger's tables as known; a decision counts only on the fields it was taken on, and until its date.
create or replace temp table judged as
select
    items.*, ids.break_id, ids.first_seen as known_since,
    decisions.decision, decisions.cause, decisions.reason as decision_reason, decisions.decided_by,
    decisions.until_day as decided_until,
    coalesce(
        list_has_any(string_split(decisions.bound_to, ' '), list_prepend(items.bound_to, coalesce(items.other_bound_to, [])))
        and coalesce(items.as_at <= decisions.until_day, true), false
    ) as decision_holds,
    decisions.break_id is not null and not decision_holds as decision_lapsed,
    case
        when items.closed then 'closed'
        when decision_holds and decisions.decision <> 'both_wrong' then 'decided'
        else 'open'
    end as state
from facts.items as items
join break_ids as ids
    on items.authority = ids.authority and items.indicator_id = ids.indicator_id
    and items.break_key is not distinct from ids.break_key
left join book.decisions as decisions on items.authority = decisions.authority and ids.break_id = decisions.break_id;

create or replace table main.breaks as
select
    judged.authority, judged.break_id, judged.indicator_id, judged.as_at, judged.team, judged.case_id, judged.child_id,
    judged.measure, judged.effect, judged.reason, judged.secondary_reasons,
    case when judged.decision_holds then judged.cause end as cause,
    coalesce(case when judged.team = 'ALL' then judged.system_team else judged.team end, judged.of_team) as owner,
    manual.file || ' ' || judged.manual_source_row as manual_source,
    system.file || ' ' || judged.system_source_row as system_source,
    judged.event_date, least(seen.first_seen, judged.known_since) as first_seen,
    judged.state, case when judged.decision_holds then judged.decision end as decision,
    judged.decision_lapsed, judged.kind, judged.evidence, judged.manual_in, judged.system_in, judged.system_state, judged.outside,
    judged.system_team, judged.decides_on, judged.bound_to, judged.of_team, judged.proof, judged.block,
    judged.moves_least, judged.moves_most, system.contract as system_contract
from judged
left join book.seen as seen on judged.authority = seen.authority and judged.break_id = seen.break_id and seen.kind = 'break'
left join facts.deliveries as manual on judged.manual_delivery_id = manual.delivery_id
left join facts.deliveries as system on judged.system_delivery_id = system.delivery_id;

create or replace table main.bridge_lines as
select
    bridges.authority, bridges.indicator_id, bridges.as_at, bridges.team, bridges.measure, bridges.manual, bridges.system, items.reason,
    sum(items.effect)::integer as effect, count(*)::integer as cases,
    case
        when bool_or(items.evidence = 'asserted') then 'asserted'
        when bool_or(items.evidence = 'probable') then 'probable'
        when bool_or(items.evidence = 'rule') then 'rule'
        else 'exact'
    end as evidence
from facts.bridges as bridges
join facts.items as items
    on bridges.authority = items.authority and bridges.as_at = items.as_at and bridges.indicator_id = items.indicator_id
    and bridges.team = items.team and bridges.measure = items.measure
group by all;
