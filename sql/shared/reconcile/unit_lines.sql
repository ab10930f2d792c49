-- Of each count in families or meetings, measure by measure: how many of them there are on both sides, and the cases that they have.
-- Where a part of the count has no list, the system's cases that no row means are put together by family too.
create or replace temp table unit_lines as
with whole as (
    select claims.*, units.unit, indicators.case_unit
    from claim_measures as claims
    join units on claims.indicator_id = units.indicator_id and claims.team = units.team and units.without = 0
    join catalogue_indicators as indicators on claims.indicator_id = indicators.indicator_id
),

in_lists as (
    select whole.indicator_id, whole.team, whole.measure, count(*) as cases
    from whole
    join listed
        on whole.indicator_id = listed.indicator_id and whole.team = listed.team
        and if(whole.measure = 'numerator', listed.in_numerator, listed.in_denominator)
    group by all
),

units_listed as (
    select distinct whole.indicator_id, whole.team, whole.measure, rows.unit_key
    from whole
    join row_units as rows
        on whole.indicator_id = rows.indicator_id and whole.team = rows.team
        and if(whole.measure = 'numerator', rows.in_numerator, rows.in_denominator)
),

left_over as (
    select
        whole.indicator_id, whole.team, whole.measure, count(*) as cases,
        count(distinct if(own.unit_key is null, cases.unit_key, null)) as units
    from whole
    join unmatched
        on whole.indicator_id = unmatched.indicator_id and whole.team = unmatched.team and whole.measure = unmatched.measure
    join unit_cases as cases
        on whole.indicator_id = cases.indicator_id and whole.team = cases.team and unmatched.case_id = cases.case_id
    left join units_listed as own
        on whole.indicator_id = own.indicator_id and whole.team = own.team and whole.measure = own.measure
        and cases.unit_key = own.unit_key
    where whole.unlisted <> 0
    group by all
),

named as (
    select indicator_id, team, measure, count(*) as units from units_listed group by all
)

select
    whole.indicator_id, whole.team, whole.measure, whole.unit, whole.case_unit, coalesce(left_over.units, 0)::integer as units_left,
    (coalesce(named.units, 0) + coalesce(left_over.units, 0))::integer as units,
    (coalesce(in_lists.cases, 0) + coalesce(left_over.cases, 0))::integer as cases,
    coalesce(in_lists.cases, 0)::integer as cases_listed, coalesce(left_over.cases, 0)::integer as cases_left
from whole
left join named on whole.indicator_id = named.indicator_id and whole.team = named.team and whole.measure = named.measure
left join in_lists on whole.indicator_id = in_lists.indicator_id and whole.team = in_lists.team and whole.measure = in_lists.measure
left join left_over
    on whole.indicator_id = left_over.indicator_id and whole.team = left_over.team and whole.measure = left_over.measure;
