-- Both sides of every claim: what each counts, measure by measure; which cases came late; which of the system's no row of the list means.
create or replace temp table known_children as
select coalesce(apart.root, bare_key(known.person_id)) as root_child, arg_max(case_status, extracted_on) as case_status
from (
    select person_id, extracted_on, null as case_status from conformed.person
    where authority = $authority and not starts_with(contract, 'identity.')
    union all by name
    select person_id, extracted_on, case_status from conformed.cin_episodes where authority = $authority
) as known
left join apart on known.person_id = apart.person_id
where known.person_id is not null group by root_child;

create or replace temp table claim_measures as
select
    claims.indicator_id, claims.team, claims.comparable, measure.measure,
    case measure.measure when 'numerator' then claims.numerator else claims.denominator end as manual,
    case measure.measure when 'numerator' then claims.unlisted_numerator else claims.unlisted_denominator end as unlisted,
    case measure.measure when 'numerator' then claims.grade_numerator else claims.grade_denominator end as grade
from facts.claims as claims cross join (values ('numerator'), ('denominator')) as measure (measure)
where claims.authority = $authority and claims.as_at = $as_at and manual is not null;

create or replace temp table case_measures as
select cases.*, measure.measure,
    case measure.measure when 'numerator' then cases.in_numerator else cases.in_denominator end as counted,
    coalesce(measure.measure = indicators.event_decides or indicators.event_decides = 'both', false) as event_decides,
    indicators.event_decides = 'none' as row_decides
from cases
join catalogue_indicators as indicators on cases.indicator_id = indicators.indicator_id
cross join (values ('numerator'), ('denominator')) as measure (measure);

-- A case that the extract at hand did not count and the newest does, because its deciding event was entered later: in the measure
-- that the event decides. Where no event decides (a headcount) it is the row itself that came later.
create or replace temp table late_cases as
select now.indicator_id, now.case_id, now.measure, before.decides_on as before_decides_on
from case_measures as now
join differing_bases on now.indicator_id = differing_bases.indicator_id
left join facts.members as before
    on before.authority = now.authority and before.as_at = now.as_at and before.basis = 'at_hand'
    and before.indicator_id = now.indicator_id and before.case_id = now.case_id
where
    now.counted and not coalesce(case now.measure when 'numerator' then before.in_numerator else before.in_denominator end, false)
    and (
        (now.row_decides and before.case_id is null)
        or (now.event_decides and now.decides_on <= $as_at and now.decides_on is distinct from before.decides_on)
    );

-- System cases of a claim's measure and scope that no row of its list means.
create or replace temp table unmatched as
select claims.indicator_id, claims.team, claims.measure, claims.unlisted, cases.case_id, cases.child_id, cases.root_child
from claim_measures as claims
join case_measures as cases
    on claims.indicator_id = cases.indicator_id and claims.measure = cases.measure and cases.counted
    and (claims.team = 'ALL' or claims.team = cases.team)
anti join manual_cases as manual
    on claims.indicator_id = manual.indicator_id and claims.team = manual.team and cases.case_id = manual.system_case
where claims.comparable;

create or replace temp table sides as
select
    claims.indicator_id, claims.team, claims.measure, true as listed, manual.system_case, manual.listed_case, manual.match,
    manual.child_id, manual.root_child, manual.event_date, manual.starts_on, manual.delivery_id, manual.source_row,
    manual.rows_numerator > 0 as listed_as_met,
    case claims.measure when 'numerator' then manual.rows_numerator else manual.rows_denominator end as manual_rows
from claim_measures as claims
join manual_cases as manual on claims.indicator_id = manual.indicator_id and claims.team = manual.team
where claims.comparable
union all by name
select
    indicator_id, team, measure, false as listed, case_id as system_case, child_id, root_child, false as listed_as_met, 0 as manual_rows
from unmatched where unlisted = 0;
