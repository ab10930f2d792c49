-- Items: one per measure and case that differs, or that says what was wrong without moving the figure.
-- {reasons} is the ordered list of reason codes that hold for a pair, made from sql/reasons; {settled} closes what the proof settles.
insert into facts.items by name
with judged as (
    select *, {reasons} as proofs from pairs
),
named as (
    select *, case when len(proofs) = 0 then null else proofs[1].code end as reason from judged
)
select
    $authority as authority, $as_at as as_at, indicator_id, team, measure, coalesce(system_case, listed_case) as case_id, child_id,
    'case' as kind, team as of_team, effect, reason,
    nullif(array_to_string([proof.code for proof in proofs[2:] if not proof.fallback], ' '), '') as secondary_reasons,
    case when match = 'near' then 'probable' when match in ('zeros', 'link') and proofs[1].evidence = 'exact' then 'rule'
        else proofs[1].evidence end as evidence,
    {settled} as closed, manual_in, system_in, manual_rows, state as system_state, outside, system_team, event_date, decides_on,
    delivery_id as manual_delivery_id, source_row as manual_source_row, system_delivery_id, system_source_row,
    if(reason = 'LATE_RECORDED', 'The record of visits says that it was entered on ' || strftime(entered_on, '%-d %B %Y') || '.', null)
        as proof,
    md5(concat_ws('|', coalesce(listed_case, ''), coalesce(event_date::varchar, ''), manual_rows > 0, listed_as_met,
        coalesce(state, ''), coalesce(outside, ''), coalesce(decides_on::varchar, ''), coalesce(due_on::varchar, ''),
        coalesce(done_on::varchar, ''), coalesce(began_on::varchar, ''), coalesce(system_team, ''))) as bound_to
from named where reason is not null;

-- A case listed n times has one item of -(n - 1) beside its main one.
insert into facts.items by name
select
    $authority as authority, $as_at as as_at, indicator_id, team, measure, coalesce(system_case, listed_case) as case_id, child_id,
    'duplicate' as kind, team as of_team, 1 - manual_rows as effect, 'DUPLICATE_MANUAL' as reason, 'exact' as evidence, false as closed,
    true as manual_in,
    system_in, manual_rows, state as system_state, system_team, event_date, decides_on, delivery_id as manual_delivery_id,
    source_row as manual_source_row, system_delivery_id, system_source_row,
    md5(concat_ws('|', listed_case, manual_rows, coalesce(event_date::varchar, ''))) as bound_to
from pairs where manual_rows > 1;

-- The part of a count that no list backs, against the system's cases that no list row means.
insert into facts.items by name
with counted as (
    select indicator_id, team, measure, count(*)::integer as cases from unmatched group by all
)
select
    $authority as authority, $as_at as as_at, claims.indicator_id, claims.team, claims.measure, claims.team as of_team, 'unlisted' as kind,
    coalesce(counted.cases, 0) - claims.unlisted as effect, 'MANUAL_NOT_LISTED' as reason, 'asserted' as evidence, false as closed,
    claims.unlisted as manual_rows, md5(concat_ws('|', claims.manual, claims.unlisted, coalesce(counted.cases, 0))) as bound_to
from claim_measures as claims
left join counted
    on claims.indicator_id = counted.indicator_id and claims.team = counted.team and claims.measure = counted.measure
where claims.comparable and claims.unlisted <> 0;

-- A count in another unit or by another definition is not comparable: one line.
insert into facts.items by name
select
    $authority as authority, $as_at as as_at, bridges.indicator_id, bridges.team, bridges.measure, 'line' as kind, bridges.team as of_team,
    bridges.system - bridges.manual as effect, 'SCOPE' as reason, 'rule' as evidence, false as closed,
    md5(concat_ws('|', bridges.manual, bridges.system)) as bound_to
from facts.bridges as bridges
join claim_measures as claims
    on bridges.indicator_id = claims.indicator_id and bridges.team = claims.team and bridges.measure = claims.measure
where bridges.authority = $authority and bridges.as_at = $as_at and not claims.comparable;
