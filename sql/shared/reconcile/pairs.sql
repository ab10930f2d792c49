-- Evidence: one row per claim, measure and case on which the sides could differ, with everything that a reason's test may ask.
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
    -- the source itself says that the row of the deciding event was entered after the date
    if(cases.counted and cases.event_decides and cases.decides_on <= $as_at, entered.entered_on, null) as entered_on,
    late.case_id is not null or entered_on is not null as late,
    indicators.is_event, known.root_child is not null as child_known,
    coalesce(indicators.requires_status <> '' and known.case_status <> indicators.requires_status, false) as status_differs,
    not in_system and indicators.is_event and exists (
        select 1 from cases as odd
        where odd.indicator_id = sides.indicator_id and odd.root_child = sides.root_child and odd.state = 'not_countable'
    ) as child_not_countable,
    -- what other records say, by what the list claims: of a case that it has met, of one that the system lacks, of one that it lacks
    coalesce(sides.listed_as_met and sides.measure in (indicators.event_decides, if(indicators.event_decides = 'both', sides.measure, '')),
        false) as of_event,
    coalesce(of_event and visits.visit_draft, false) as visit_draft,
    coalesce(of_event and visits.visit_unseen, false) as visit_unseen,
    coalesce(of_event and visits.visit_other_form, false) as visit_other_form,
    coalesce(of_event and visits.visit_other_worker, false) as visit_other_worker,
    coalesce(of_event and visits.visit_on_sibling, false) as visit_on_sibling,
    coalesce(of_event and visits.visit_other_day = cases.decides_on, false) as visit_other_day,
    -- the event of the list's day is not in the record itself: where it is, the two differ in something else
    coalesce(
        of_event and not coalesce(sides.event_date in (cases.decides_on, cases.done_on), false)
        and (visits.visit_recorded or elsewhere.root_child is not null), false
    ) as event_elsewhere,
    not in_system and held.root_child is not null as held_elsewhere,
    not sides.listed and ended.root_child is not null as ended_elsewhere,
    (not sides.listed and coalesce(moved.gone, false)) or (not in_system and coalesce(moved.gone or moved.came, false)) as transferred,
    not (sides.listed and in_system) and unborn.root_child is not null as unborn,
    not in_system and restricted.root_child is not null as restricted,
    not sides.listed and other_kind.root_child is not null as counted_as_other,
    coalesce(sides.measure = 'numerator' and sides.listed and cases.in_denominator and days.indicator_id is not null, false) as other_days,
    list_transform(
        list_filter(spellings.ids, lambda id: id <> sides.child_id), lambda id: id || substr(sides.listed_case, length(sides.child_id) + 1)
    ) as other_listed,
    not in_system and lost.root_child is not null as in_lost_block, false as coded_otherwise,
    -- for the words alone
    lost.before_on, lost.after_on, lost.block_says,
    rules.says as outside_says, late.case_id is not null as late_by_extract, late.before_decides_on, written.written_on,
    visit_kinds.visit_type is not null as is_visit, coalesce(visits.visit_that_day, false) as visit_that_day,
    listing.teams as list_teams, list_transform(listed.twins, lambda one: bare_key(one)) as twin_keys, cases.bare as own_key
from sides
join catalogue_indicators as indicators on sides.indicator_id = indicators.indicator_id
join position_windows as windows on sides.indicator_id = windows.indicator_id
left join case_measures as cases
    on sides.indicator_id = cases.indicator_id and sides.system_case = cases.case_id and sides.measure = cases.measure
left join catalogue_outside as rules on sides.indicator_id = rules.indicator_id and cases.outside = rules.name
left join late_cases as late
    on sides.indicator_id = late.indicator_id and sides.system_case = late.case_id and sides.measure = late.measure
left join entered_late as entered
    on sides.indicator_id = entered.indicator_id and sides.root_child = entered.root_child and cases.decides_on = entered.visit_date
left join entered_days as written
    on sides.indicator_id = written.indicator_id and sides.root_child = written.root_child and cases.decides_on = written.visit_date
left join visit_kinds on sides.indicator_id = visit_kinds.indicator_id
left join spellings on sides.listed and sides.root_child = spellings.root
left join listing_teams as listing on sides.indicator_id = listing.indicator_id and sides.system_case = listing.system_case
left join listed_twins as listed
    on sides.indicator_id = listed.indicator_id and sides.team = listed.team and sides.measure = listed.measure
    and cases.root = listed.root
left join known_children as known on sides.root_child = known.root_child
left join visit_evidence as visits
    on sides.indicator_id = visits.indicator_id and sides.root_child = visits.root_child and sides.event_date = visits.event_date
left join events_elsewhere as elsewhere
    on sides.indicator_id = elsewhere.indicator_id and sides.root_child = elsewhere.root_child
    and sides.event_date = elsewhere.happened_on
left join held_elsewhere as held
    on sides.indicator_id = held.indicator_id and sides.root_child = held.root_child
    and (held.began_on is null or held.began_on = sides.starts_on)
left join ended_elsewhere as ended
    on sides.indicator_id = ended.indicator_id and sides.root_child = ended.root_child and cases.starts_on = ended.began_on
left join transferred as moved on sides.root_child = moved.root_child
left join unborn on sides.root_child = unborn.root_child
left join restricted on sides.root_child = restricted.root_child
left join counted_as_other as other_kind
    on sides.indicator_id = other_kind.indicator_id and sides.root_child = other_kind.root_child
left join other_days as days on sides.indicator_id = days.indicator_id and sides.team = days.team
left join lost_with as lost on sides.indicator_id = lost.indicator_id and sides.root_child = lost.root_child;
