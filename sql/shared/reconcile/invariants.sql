-- Each query returns the rows that break an invariant: nothing where it holds. They are arithmetic and block publication.
-- invariant: manual plus the sum of all effects is system
select bridges.indicator_id, bridges.team, bridges.measure
from facts.bridges as bridges
left join facts.items as items
    on bridges.authority = items.authority and bridges.as_at = items.as_at and bridges.indicator_id = items.indicator_id
    and bridges.team = items.team and bridges.measure = items.measure
where bridges.authority = $authority and bridges.as_at = $as_at
group by bridges.indicator_id, bridges.team, bridges.measure, bridges.manual, bridges.system
having bridges.manual + coalesce(sum(items.effect), 0) <> bridges.system;

-- invariant: every case in either denominator agrees, differs, or is on one side only; they add to the union
with sides as (
    select claims.indicator_id, claims.team, claims.system_case is not null and claims.system_in as in_system, claims.manual_in,
        claims.indicator_id || ' ' || claims.team || ' ' || coalesce(claims.system_case, claims.listed_case) as one_case
    from pairs as claims where claims.measure = 'denominator' and (claims.system_in or claims.manual_in)
)
select one_case from sides group by one_case having count(*) <> 1;

-- invariant: every item has exactly one reason that the catalogue knows, and no numerator lies outside its denominator
select items.indicator_id, items.case_id from facts.items as items
where items.authority = $authority and items.as_at = $as_at
    and (items.reason is null or not list_contains($reasons, items.reason))
union all
select members.indicator_id, members.case_id from facts.members as members
where members.authority = $authority and members.as_at = $as_at and members.in_numerator and not members.in_denominator;

-- invariant: listed rows (of a count in families or meetings: those listed) and the unlisted part are the claimed count
select claims.indicator_id, claims.team from facts.claims as claims
left join (
    select
        rows.indicator_id, rows.team, count(*) filter (rows.in_numerator) as n, count(*) filter (rows.in_denominator) as d,
        any_value(units.unit) as unit
    from facts.claim_rows as rows
    left join units on rows.indicator_id = units.indicator_id and rows.team = units.team and units.without = 0
    where rows.authority = $authority and rows.as_at = $as_at group by rows.indicator_id, rows.team
    having unit is null
    union all
    select indicator_id, team, count(distinct unit_key) filter (in_numerator), count(distinct unit_key) filter (in_denominator), 'unit'
    from row_units group by indicator_id, team
) as listed
    on claims.indicator_id = listed.indicator_id and claims.team = listed.team
where claims.authority = $authority and claims.as_at = $as_at and (
    coalesce(listed.n, 0) + claims.unlisted_numerator <> claims.numerator
    or coalesce(listed.d, 0) + claims.unlisted_denominator <> claims.denominator
);

-- invariant: net effects of the teams, and of cases that nobody counted, add to the authority's
with summed as (
    select bridges.indicator_id, bridges.measure, bridges.manual, bridges.system
    from facts.bridges as bridges
    where bridges.authority = $authority and bridges.as_at = $as_at and bridges.team = 'ALL' and bridges.grade = 'sum of teams'
),
teams as (
    select bridges.indicator_id, bridges.measure, sum(bridges.manual) as manual, sum(bridges.system) as system
    from facts.bridges as bridges
    where bridges.authority = $authority and bridges.as_at = $as_at and bridges.team <> 'ALL' group by all
),
others as (
    select cases.indicator_id, cases.measure, count(*) as cases
    from case_measures as cases
    where cases.counted and not exists (
        select 1 from facts.bridges as bridges
        where bridges.authority = $authority and bridges.as_at = $as_at and bridges.indicator_id = cases.indicator_id
            and bridges.measure = cases.measure and bridges.team = cases.team
    )
    group by all
)
select summed.indicator_id, summed.measure
from summed
left join teams on summed.indicator_id = teams.indicator_id and summed.measure = teams.measure
left join others on summed.indicator_id = others.indicator_id and summed.measure = others.measure
where summed.manual is distinct from teams.manual or summed.system <> coalesce(teams.system, 0) + coalesce(others.cases, 0);

-- invariant: what the left system counts plus the sum of all effects is what the right one counts, each case in one item
select pairs.pair_id
from facts.pairs as pairs
left join facts.pair_items as items
    on pairs.authority = items.authority and pairs.as_at = items.as_at and pairs.pair_id = items.pair_id
where pairs.authority = $authority and pairs.as_at = $as_at and pairs.not_made is null
group by pairs.pair_id, pairs.left_cases, pairs.right_cases
having pairs.left_cases + coalesce(sum(items.effect), 0) <> pairs.right_cases
    or count(items.case_id) <> count(distinct items.left_case) + count(distinct items.right_case) filter (items.left_case is null)
    or bool_or(items.pair_id is not null and not list_contains($reasons, coalesce(items.reason, '')));

-- invariant: opening, new, reopened and moved in, less moved out and closed, is closing for every reason
with counted as (
    select items.reason, items.as_at, count(*) as cases
    from (
        select indicator_id, as_at, break_key, arg_min(reason, list_position($reasons, reason)) as reason
        from facts.items where authority = $authority and effect <> 0 and not closed group by all
    ) as items
    group by all
)
select rolled.reason
from facts.roll_forward as rolled
left join counted as closing on rolled.as_at = closing.as_at and rolled.reason = closing.reason
left join counted as opening
    on rolled.reason = opening.reason
    and opening.as_at = (select max(basis.as_at) from facts.basis as basis where basis.authority = $authority and basis.as_at < $as_at)
where rolled.authority = $authority and rolled.as_at = $as_at and (
    rolled.opening + rolled.new + rolled.reopened + rolled.moved_in - rolled.moved_out - rolled.closed <> rolled.closing
    or rolled.closing <> coalesce(closing.cases, 0) or rolled.opening <> coalesce(opening.cases, 0)
);
