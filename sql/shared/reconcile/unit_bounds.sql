-- How many children a count in families or meetings can stand for: what bounds a range. `least` and `most` are the team's children less the
-- system's, as item by item (the effects reversed); `most` is null where nothing bounds it. A family has at least one child, and at most
-- those whom the sources name.
create or replace temp table family_sizes as
select family_id, count(distinct root_child)::integer as size from family_members group by family_id;

-- The part without a list may be any families that the list does not name: the largest of them bound it. A family may meet more than once.
-- Of more listed than counted, each that was not counted has one child at least, and each that was.
create or replace temp table unit_bounds as
with rest as (
    select
        claims.indicator_id, claims.team, claims.measure, claims.unlisted, claims.manual, units.by_day, lines.cases_listed,
        lines.cases_left, units.by_source
    from claim_measures as claims
    join units on claims.indicator_id = units.indicator_id and claims.team = units.team
    join unit_lines as lines
        on claims.indicator_id = lines.indicator_id and claims.team = lines.team and claims.measure = lines.measure
    where claims.unlisted <> 0
),

known as (
    select
        rest.indicator_id, rest.team, rest.measure, rest.unlisted, sizes.size,
        row_number() over (partition by rest.indicator_id, rest.team, rest.measure order by sizes.size desc) as place
    from rest
    cross join family_sizes as sizes
    anti join row_units as rows
        on rest.indicator_id = rows.indicator_id and rest.team = rows.team and sizes.family_id = rows.unit_key
        and if(rest.measure = 'numerator', rows.in_numerator, rows.in_denominator)
    where rest.unlisted > 0 and rest.by_source
),

largest as (
    select
        indicator_id, team, measure, count(*) as families, max(size) as largest_size,
        sum(size) filter (place <= unlisted)::integer as children
    from known group by all
)

select
    rest.indicator_id, rest.team, rest.measure,
    (if(rest.unlisted > 0, rest.unlisted, rest.manual - rest.cases_listed) - rest.cases_left)::integer as least,
    (case
        when rest.unlisted < 0 then rest.unlisted
        when rest.by_day then rest.unlisted * largest.largest_size
        when largest.families >= rest.unlisted then largest.children
    end - rest.cases_left)::integer as most
from rest
left join largest
    on rest.indicator_id = largest.indicator_id and rest.team = largest.team and rest.measure = largest.measure;

-- A listed family of which the system counts no child for the team is one row, and as many children as the family has.
create or replace temp table loose_units as
select
    rows.indicator_id, rows.team, measure.measure, rows.delivery_id, rows.source_row, 1 as least,
    if(bool_or(units.by_source), max(sizes.size), null)::integer as most
from row_units as rows
cross join (values ('numerator'), ('denominator')) as measure (measure)
join units on rows.indicator_id = units.indicator_id and rows.team = units.team
left join family_sizes as sizes on rows.family = sizes.family_id
anti join unit_cases as cases
    on rows.indicator_id = cases.indicator_id and rows.team = cases.team and rows.unit_key = cases.unit_key
    and cases.is_own and cases.in_denominator
where if(measure.measure = 'numerator', rows.in_numerator, rows.in_denominator) and (rows.is_family or not rows.by_child)
group by all;
