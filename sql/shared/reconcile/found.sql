-- What is to be said of each pair that has a reason: the reasons in order, and the facts that their sentences name. {reasons} is the
-- ordered list of reason codes that hold for a pair, made from sql/reasons. No sentence names a child, a worker or an id.
-- On which day its extracts were taken, where it was one.
create or replace temp table days_taken as
select
    contracts.indicator_id,
    if(count(distinct now.extracted_on) = 1 and count(distinct before.extracted_on) = 1, max(now.extracted_on), null) as now_on,
    if(now_on is null, null, max(before.extracted_on)) as at_hand_on
from indicator_contracts as contracts
join facts.basis as now
    on contracts.contract = now.contract and now.authority = $authority and now.as_at = $as_at and now.basis = 'now'
join facts.basis as before
    on contracts.contract = before.contract and before.authority = $authority and before.as_at = $as_at and before.basis = 'at_hand'
group by contracts.indicator_id;

create or replace temp table found as
with judged as (
    select *, {reasons} as proofs from pairs
),

named as (
    select *, proofs[1].code as reason from judged where len(proofs) > 0
),

worded as (
    select
        named.*, $as_at as as_at, indicators.decides, days_taken.now_on, days_taken.at_hand_on,
        exists (select 1 from conformed.visits as every where every.authority = $authority) as has_visits,
        array_to_string(
            list_sort(list_filter(named.list_teams, lambda one: one <> named.team)), ' and '
        ) as other_teams,
        list_contains(named.twin_keys, named.own_key) and len(list_distinct(named.twin_keys)) = 1 as twin_by_zeros,
        case when indicators.measures = 'share' then coalesce(' (' || replace(state, '_', ' ') || ')', '') else '' end as counts_as,
        case
            when not listed then 'not in the team''s list'
            when manual_rows = 0 then 'in the list, which does not count it here'
            when event_date is null then 'in the list'
            else 'in the list with ' || coalesce('the ' || decides || ' ', '') || told(event_date)
        end as in_the_list,
        case
            when not in_system then 'the system has no such case'
            when outside_says is not null then 'the system has it and leaves it out: ' || outside_says
            when decides is null and system_in then 'the system counts it'
            when decides is null then 'the system has it, and does not count it here'
            when decides_on is null then 'the system has it, with no ' || decides || counts_as
            else 'the system''s ' || decides || ' is ' || told(decides_on) || counts_as
        end as in_the_system
    from named
    join catalogue_indicators as indicators on named.indicator_id = indicators.indicator_id
    left join days_taken on named.indicator_id = days_taken.indicator_id
)

select
    *,
    concat_ws('|', coalesce(event_date::varchar, ''), manual_rows > 0, listed_as_met, coalesce(state, ''), coalesce(outside, ''),
        coalesce(decides_on::varchar, ''), coalesce(due_on::varchar, ''), coalesce(done_on::varchar, ''),
        coalesce(began_on::varchar, ''), coalesce(system_team, '')) as said
from worded;
