-- Counts of families, or of meetings (a family on one day), against cases of children: comparable where a source names the one family of
-- every case of the claim's team. The list then becomes one of cases, and the siblings beyond the first of each family one line.
-- Who belongs together, as the newest extract of each source says.
create or replace temp table family_members as
select distinct family.family_id, coalesce(apart.root, bare_key(family.person_id)) as root_child
from conformed.family as family
left join apart on family.person_id = apart.person_id
where family.authority = $authority and family.family_id is not null and family.person_id is not null
qualify family.extracted_on = max(family.extracted_on) over (partition by family.contract);

create or replace temp table family_of as
select root_child, any_value(family_id) as family_id
from family_members group by root_child having count(distinct family_id) = 1;

create or replace temp table unit_claims as
select claims.indicator_id, claims.team, claims.unit, claims.unit = 'meeting' as by_day, indicators.measures = 'share' as is_share
from facts.claims as claims
join catalogue_indicators as indicators on claims.indicator_id = indicators.indicator_id
where claims.authority = $authority and claims.as_at = $as_at and claims.unit <> indicators.case_unit
    and indicators.case_unit in ('child', 'event') and (claims.unit = 'family' or (claims.unit = 'meeting' and indicators.is_meeting))
    and (
        claims.definition is null
        or definition_key(claims.definition) in (definition_key(claims.indicator_id), definition_key(indicators.version::varchar))
    );

-- What the rows of such a list say of families, the list's own word included; a row may name the family in the place of a child.
create or replace temp table unit_rows as
select
    listed.*, matched.system_case, own.family_id, given.family_id as said_family, claims.by_day,
    coalesce(listed.child_id = given.family_id, false)
    or (matched.system_case is null and own.family_id is null and named.family_id is not null) as is_family
from listed
join unit_claims as claims on listed.indicator_id = claims.indicator_id and listed.team = claims.team
left join matched on listed.row_id = matched.row_id
left join family_of as own on listed.root_child = own.root_child
left join (
    select indicator_id, team, delivery_id, source_row, any_value(family_id) as family_id from claim_lists group by all
) as given
    on listed.indicator_id = given.indicator_id and listed.team = given.team and listed.delivery_id = given.delivery_id
    and listed.source_row = given.source_row
left join (select distinct family_id from family_members) as named on listed.child_id = named.family_id;

-- Every case of the indicator with its family for each such claim: as the sources name it; where they name none of the claim's, the list.
-- Of a team without a case nobody lacks a family.
create or replace temp table unit_cases as
with named as (
    select
        claims.indicator_id, claims.team, cases.case_id, cases.decides_on, claims.by_day,
        cases.in_denominator, cases.in_numerator,
        claims.team = 'ALL' or coalesce(claims.team = cases.team, false) as is_own, family_of.family_id,
        rows.said_family
    from unit_claims as claims
    join cases on claims.indicator_id = cases.indicator_id
    left join family_of on cases.root_child = family_of.root_child
    left join (
        select indicator_id, team, system_case, any_value(said_family) as said_family
        from unit_rows where system_case is not null and not is_family
        group by all having count(distinct said_family) = 1
    ) as rows on claims.indicator_id = rows.indicator_id and claims.team = rows.team and cases.case_id = rows.system_case
),

spoken as (
    select
        *, bool_or(is_own and in_denominator and family_id is not null) over (partition by indicator_id, team)
        or not bool_or(is_own and in_denominator) over (partition by indicator_id, team) as by_source,
        if(by_source, family_id, said_family) as family
    from named
)

select * exclude (family), if(by_day, family || ' ' || decides_on::varchar, family) as unit_key from spoken;

create or replace temp table units as
select
    claims.*, count_if(coalesce(cases.is_own and cases.in_denominator, false))::integer as cases_held,
    count_if(coalesce(cases.is_own and cases.in_denominator and cases.unit_key is null, false))::integer as without,
    coalesce(bool_or(cases.by_source), true) as by_source
from unit_claims as claims
left join unit_cases as cases on claims.indicator_id = cases.indicator_id and claims.team = cases.team
group by all;

-- Each row's family; one that no source knows is one of its own. A list that names two children of any family is a list of children.
create or replace temp table row_units as
with named as (
    select
        rows.*, case
            when rows.is_family then coalesce(rows.said_family, rows.child_id)
            when units.by_source then coalesce(rows.family_id, rows.said_family)
            else rows.said_family
        end as family,
        coalesce(cases.unit_key, if(
            rows.by_day, family || ' ' || coalesce(rows.starts_on, rows.event_date)::varchar, family
        ), '? ' || rows.root) as unit_key
    from unit_rows as rows
    join units on rows.indicator_id = units.indicator_id and rows.team = units.team and units.without = 0
    left join unit_cases as cases
        on rows.indicator_id = cases.indicator_id and rows.team = cases.team and rows.system_case = cases.case_id and not rows.is_family
)

select *, bool_or(has_more) over (partition by indicator_id, team) as by_child
from (
    select *, count(distinct root) filter (not is_family) over (partition by indicator_id, team, unit_key) > 1 as has_more from named
);
