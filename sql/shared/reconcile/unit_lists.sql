-- A list in families as one of cases, before its rows are put together; and what the claim's own figures are in its unit.
-- The cases that a family stands for: its own of the team; failing those, one that the indicator has anywhere, so that its reason is found.
create or replace temp table stands_for as
with meant as (
    select
        indicator_id, team, unit_key, bool_or(in_numerator) as in_numerator, bool_or(is_family) as is_family,
        coalesce(arg_min(event_date, row_id) filter (in_numerator), arg_min(event_date, row_id)) as event_date,
        arg_min(delivery_id, row_id) as delivery_id, arg_min(source_row, row_id) as source_row
    from row_units where in_denominator and (is_family or not by_child) group by all
)

select
    meant.* exclude (is_family), cases.case_id, cases.is_own and cases.in_denominator as is_counted,
    bool_or(is_counted) over (partition by meant.indicator_id, meant.team, meant.unit_key) as has_counted
from meant
join unit_cases as cases
    on meant.indicator_id = cases.indicator_id and meant.team = cases.team and meant.unit_key = cases.unit_key
anti join row_units as rows
    on cases.indicator_id = rows.indicator_id and cases.team = rows.team and cases.case_id = rows.system_case and not rows.is_family
where is_counted or meant.is_family
qualify is_counted or (
    not has_counted and row_number() over (
        partition by meant.indicator_id, meant.team, meant.unit_key order by not cases.in_denominator, cases.case_id
    ) = 1
);

delete from matched where row_id in (select row_units.row_id from row_units where row_units.is_family);

-- A row that names a family gives way to its cases; where the indicator has none, it stays, as one of the family's children.
delete from listed where row_id in (
    select rows.row_id from row_units as rows
    join unit_cases as cases on rows.indicator_id = cases.indicator_id and rows.team = cases.team and rows.unit_key = cases.unit_key
    where rows.is_family and rows.in_denominator
);

update listed set root_child = children.root_child
from row_units as rows
join (select family_id, min(root_child) as root_child from family_members group by all) as children on rows.family = children.family_id
where listed.row_id = rows.row_id and rows.is_family;

insert into listed by name
select
    $authority as authority, $as_at as as_at, meant.indicator_id, meant.team,
    (select coalesce(max(row_id), 0) from listed) + row_number() over (order by meant.indicator_id, meant.team, meant.case_id) as row_id,
    cases.case_id, cases.child_id, cases.starts_on, true as in_denominator, meant.in_numerator, meant.event_date, meant.delivery_id,
    meant.source_row, cases.bare, cases.bare_child, cases.root_child, cases.root
from stands_for as meant
join cases on meant.indicator_id = cases.indicator_id and meant.case_id = cases.case_id;

insert into matched
select listed.indicator_id, listed.team, listed.row_id, listed.case_id, 'exact'
from listed
semi join stands_for as meant
    on listed.indicator_id = meant.indicator_id and listed.team = meant.team and listed.case_id = meant.case_id
anti join matched on listed.row_id = matched.row_id;

update facts.claims as claims
set
    comparable = true, listed_numerator = own.n, listed_denominator = own.d,
    unlisted_numerator = claims.numerator - own.n, unlisted_denominator = claims.denominator - own.d,
    grade_numerator = grade_of(claims.numerator, own.n), grade_denominator = grade_of(claims.denominator, own.d)
from (
    select units.indicator_id, units.team,
        count(distinct rows.unit_key) filter (rows.in_numerator)::integer as n,
        if(units.is_share, count(distinct rows.unit_key) filter (rows.in_denominator)::integer, null) as d
    from units
    left join row_units as rows on units.indicator_id = rows.indicator_id and units.team = rows.team
    where units.without = 0
    group by units.indicator_id, units.team, units.is_share
) as own
where claims.authority = $authority and claims.as_at = $as_at and claims.indicator_id = own.indicator_id and claims.team = own.team;
