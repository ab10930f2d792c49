-- Evidence: one row per claim, measure and case on which the sides could differ, with everything that a reason's test may ask.
-- Which teams list a case, and which cases of one child a team lists: sets, so that "another one" is a look-up and not a search.
create or replace temp table listing_teams as
select indicator_id, system_case, list(distinct team) as teams
from manual_cases where team <> 'ALL' and rows_denominator > 0 and system_case is not null
group by indicator_id, system_case;

create or replace temp table listed_twins as
select met.indicator_id, met.team, twin.measure, twin.root, list(distinct twin.case_id) as twins
from manual_cases as met
join case_measures as twin on met.indicator_id = twin.indicator_id and met.system_case = twin.case_id and twin.counted
group by met.indicator_id, met.team, twin.measure, twin.root;

create or replace temp table pairs as
select
    sides.* exclude (starts_on), sides.manual_rows > 0 as manual_in,
    coalesce(cases.counted and (sides.team = 'ALL' or sides.team is not distinct from cases.team), false) as system_in,
    system_in::integer - manual_in::integer as effect,
    cases.case_id is not null as in_system, cases.state, cases.outside, cases.team as system_team, cases.decides_on,
    cases.starts_on as began_on, cases.due_on, cases.done_on, cases.delivery_id as system_delivery_id,
    cases.source_row as system_source_row,
    rules.reason as outside_reason,
    coalesce(
        (rules.event_in_window and sides.event_date between windows.first_day and $as_at
            and sides.event_date is distinct from cases.decides_on)
        or (rules.answer_contradicts and sides.listed_as_met), false
    ) as contradicts,
    coalesce(
        (indicators.event_decides in (sides.measure, 'both'))
        and not coalesce(
            coalesce(sides.event_date, case when indicators.is_event and indicators.event_decides = 'denominator' then sides.starts_on end)
            between case when indicators.event_decides = 'numerator' then date '0001-01-01' else windows.first_day end and $as_at, true
        ), false
    ) as event_outside,
    coalesce(cases.in_denominator and sides.team <> 'ALL' and sides.team is distinct from cases.team, false) as in_other_team,
    coalesce(sides.team <> 'ALL' and len(listing.teams) > list_contains(listing.teams, sides.team)::integer, false) as in_other_list,
    coalesce(len(listed.twins) > list_contains(listed.twins, cases.case_id)::integer, false) as twin_listed,
    late.case_id is not null as late,
    indicators.is_event, known.root_child is not null as child_known,
    coalesce(indicators.requires_status <> '' and known.case_status <> indicators.requires_status, false) as status_differs,
    not in_system and indicators.is_event and exists (
        select 1 from cases as odd
        where odd.indicator_id = sides.indicator_id and odd.root_child = sides.root_child and odd.state = 'not_countable'
    ) as child_not_countable
from sides
join catalogue_indicators as indicators on sides.indicator_id = indicators.indicator_id
join position_windows as windows on sides.indicator_id = windows.indicator_id
left join case_measures as cases
    on sides.indicator_id = cases.indicator_id and sides.system_case = cases.case_id and sides.measure = cases.measure
left join catalogue_outside as rules on sides.indicator_id = rules.indicator_id and cases.outside = rules.name
left join late_cases as late
    on sides.indicator_id = late.indicator_id and sides.system_case = late.case_id and sides.measure = late.measure
left join listing_teams as listing on sides.indicator_id = listing.indicator_id and sides.system_case = listing.system_case
left join listed_twins as listed
    on sides.indicator_id = listed.indicator_id and sides.team = listed.team and sides.measure = listed.measure
    and cases.root = listed.root
left join known_children as known on sides.root_child = known.root_child;
