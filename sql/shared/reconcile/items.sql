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
    bound_to(listed_case, said) as bound_to, bound_to_any(other_listed, said) as other_bound_to,
    moves_least, moves_most
from (
    select found.*, loose.least as moves_least, loose.most as moves_most
    from found
    left join loose_units as loose
        on found.effect = -1 and found.indicator_id = loose.indicator_id and found.team = loose.team and found.measure = loose.measure
        and found.delivery_id = loose.delivery_id and found.source_row = loose.source_row
);

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
    select
        claims.*, coalesce(units.units_left, counted.cases, 0) as no_row_means, -claims.unlisted as more,
        coalesce(unit_words(units.unit, 2), 'cases') as counted_in, bounds.least, bounds.most
    from claim_measures as claims
    left join unit_bounds as bounds
        on claims.indicator_id = bounds.indicator_id and claims.team = bounds.team and claims.measure = bounds.measure
    left join unit_lines as units
        on claims.indicator_id = units.indicator_id and claims.team = units.team and claims.measure = units.measure
    left join counted
        on claims.indicator_id = counted.indicator_id and claims.team = counted.team and claims.measure = counted.measure
    where claims.comparable and claims.unlisted <> 0
)
select
    $authority as authority, $as_at as as_at, indicator_id, team, measure, team as of_team, 'unlisted' as kind,
    no_row_means - unlisted as effect, 'MANUAL_NOT_LISTED' as reason, 'asserted' as evidence, false as closed, unlisted as manual_rows,
    {unlisted_sentence} as proof, md5(concat_ws('|', manual, unlisted, no_row_means)) as bound_to, least as moves_least, most as moves_most
from short;

-- A count in families or meetings, turned into cases: the siblings beyond the first of each are one line, which explains itself.
insert into facts.items by name
select
    $authority as authority, $as_at as as_at, indicator_id, team, measure, 'line' as kind, team as of_team, cases - units as effect,
    'SCOPE' as reason, 'rule' as evidence, true as closed, {whole_sentence} as proof, md5(concat_ws('|', units, cases)) as bound_to
from (
    select
        *, true as in_cases, measure as of_measure, unit_words(unit, 2) as counted_in, units || ' ' || unit_words(unit, units) as counted,
        cases || ' ' || unit_words(if(case_unit = 'child', 'child', 'case'), cases) as cases_counted,
        if(units = 1, 'has', 'have') as they_have, null::varchar as cases_held, null::varchar as cases_without
    from unit_lines
);

-- A count in another unit that nothing turns into cases, or by another definition, is not comparable: one line.
insert into facts.items by name
select
    $authority as authority, $as_at as as_at, bridges.indicator_id, bridges.team, bridges.measure, 'line' as kind, bridges.team as of_team,
    bridges.system - bridges.manual as effect, 'SCOPE' as reason, 'rule' as evidence, false as closed,
    if(without.indicator_id is null, null, {whole_sentence}) as proof, md5(concat_ws('|', bridges.manual, bridges.system)) as bound_to
from facts.bridges as bridges
join claim_measures as claims
    on bridges.indicator_id = claims.indicator_id and bridges.team = claims.team and bridges.measure = claims.measure
left join (
    select
        units.indicator_id, units.team, false as in_cases, null::varchar as of_measure,
        unit_words(units.unit, 2) as counted_in, null::varchar as counted,
        null::varchar as cases_counted, null::varchar as they_have, units.without::varchar as cases_without,
        units.cases_held || ' ' || unit_words(if(indicators.case_unit = 'child', 'child', 'case'), units.cases_held) as cases_held
    from units
    join catalogue_indicators as indicators on units.indicator_id = indicators.indicator_id
    where units.without > 0
) as without on claims.indicator_id = without.indicator_id and claims.team = without.team
where bridges.authority = $authority and bridges.as_at = $as_at and not claims.comparable;
