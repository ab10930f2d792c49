-- Items: one per measure and case that differs, or that says what was wrong without moving the figure.
-- {sentence} is each reason's own sentence about an item, made from sql/reasons; {settled} closes what the proof settles.
insert into facts.items by name
select
    $authority as authority, $as_at as as_at, indicator_id, team, measure, coalesce(system_case, listed_case) as case_id, child_id,
    'case' as kind, team as of_team, effect, reason,
    nullif(array_to_string([proof.code for proof in proofs[2:] if not proof.fallback], ' '), '') as secondary_reasons,
    case when match = 'near' then 'probable' when match in ('zeros', 'link') and proofs[1].evidence = 'exact' then 'rule'
        else proofs[1].evidence end as evidence,
    {settled} as closed, manual_in, system_in, manual_rows, state as system_state, outside, system_team, event_date, decides_on,
    delivery_id as manual_delivery_id, source_row as manual_source_row, system_delivery_id, system_source_row,
    {sentence} as proof, if(reason = 'MIGRATION', block_says, null) as block,
    bound_to(listed_case, said) as bound_to, bound_to_any(other_listed, said) as other_bound_to
from found;

-- A case listed n times has one item of -(n - 1) beside its main one.
insert into facts.items by name
select * exclude (said) from (
select
    $authority as authority, $as_at as as_at, indicator_id, team, measure, coalesce(system_case, listed_case) as case_id, child_id,
    'duplicate' as kind, team as of_team, 1 - manual_rows as effect, 'DUPLICATE_MANUAL' as reason, 'exact' as evidence, false as closed,
    true as manual_in,
    system_in, manual_rows, state as system_state, system_team, event_date, decides_on, delivery_id as manual_delivery_id,
    source_row as manual_source_row, system_delivery_id, system_source_row,
    {duplicate_sentence} as proof,
    concat_ws('|', manual_rows, coalesce(event_date::varchar, '')) as said,
    bound_to(listed_case, said) as bound_to, bound_to_any(other_listed, said) as other_bound_to
from pairs where manual_rows > 1
);

-- The part of a count that no list backs, against the system's cases that no list row means.
insert into facts.items by name
with counted as (
    select indicator_id, team, measure, count(*)::integer as cases from unmatched group by all
),
short as (
    select claims.*, coalesce(counted.cases, 0) as no_row_means, -claims.unlisted as more
    from claim_measures as claims
    left join counted
        on claims.indicator_id = counted.indicator_id and claims.team = counted.team and claims.measure = counted.measure
    where claims.comparable and claims.unlisted <> 0
)
select
    $authority as authority, $as_at as as_at, indicator_id, team, measure, team as of_team, 'unlisted' as kind,
    no_row_means - unlisted as effect, 'MANUAL_NOT_LISTED' as reason, 'asserted' as evidence, false as closed, unlisted as manual_rows,
    {unlisted_sentence} as proof, md5(concat_ws('|', manual, unlisted, no_row_means)) as bound_to
from short;

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
