-- Claims of one position: the latest count of each indicator and team with the list that belongs to it.
insert into facts.claim_rows
select
    $authority, $as_at, lists.indicator_id, lists.team,
    row_number() over (order by lists.indicator_id, lists.team, lists.delivery_seq, lists.row_number, lists.source_row, lists.case_id),
    lists.case_id, child_of(lists.case_id, indicators.is_event), start_of(lists.case_id, indicators.is_event),
    lists.in_denominator, lists.in_numerator, lists.event_date, lists.delivery_id, lists.source_row
from claim_lists as lists
join claim_choice as choice
    on lists.indicator_id = choice.indicator_id and lists.team = choice.team and lists.counted_day = choice.list_day
join catalogue_indicators as indicators on lists.indicator_id = indicators.indicator_id;

insert into facts.claims
with
listed as (
    select indicator_id, team, count(*) filter (in_denominator) as d, count(*) filter (in_numerator) as n
    from facts.claim_rows where authority = $authority and as_at = $as_at group by all
),
by_list as (
    select lists.indicator_id, lists.team, max(lists.counted_by) as counted_by, max(lists.counted_at) as counted_at,
        min(lists.delivery_id) as delivery_id
    from claim_lists as lists
    join claim_choice as choice
        on lists.indicator_id = choice.indicator_id and lists.team = choice.team and lists.counted_day = choice.list_day
    group by all
),
rivals as (
    select indicator_id, team, counted_day,
        count(distinct counter) > 1 and count(distinct row(numerator, denominator)) > 1 as conflict
    from claim_counts group by all
),
claims as (
    select
        choice.indicator_id, choice.team, coalesce(counts.unit, indicators.case_unit) as unit, counts.definition,
        coalesce(counts.counted_by, by_list.counted_by) as counted_by,
        coalesce(counts.counted_at, by_list.counted_at) as counted_at, counts.method, counts.note,
        coalesce(counts.numerator, case when counts.indicator_id is null or counts.denominator is null then listed.n end) as numerator,
        case
            when indicators.measures = 'share'
                then coalesce(counts.denominator, case when counts.indicator_id is null then listed.d end)
        end as denominator,
        coalesce(listed.n, 0) as listed_n, case when indicators.measures = 'share' then coalesce(listed.d, 0) end as listed_d,
        indicators.case_unit, indicators.version, coalesce(rivals.conflict, false) as conflict, 
        choice.count_days - (choice.count_day is not null)::integer
        + choice.list_days - (choice.list_day is not null)::integer as superseded,
        coalesce(counts.delivery_id, by_list.delivery_id) as delivery_id, counts.source_row
    from claim_choice as choice
    join catalogue_indicators as indicators on choice.indicator_id = indicators.indicator_id
    left join claim_counts as counts
        on choice.indicator_id = counts.indicator_id and choice.team = counts.team and choice.count_day = counts.counted_day
        and counts.newest = 1
    left join rivals
        on choice.indicator_id = rivals.indicator_id and choice.team = rivals.team and choice.count_day = rivals.counted_day
    left join listed on choice.indicator_id = listed.indicator_id and choice.team = listed.team
    left join by_list on choice.indicator_id = by_list.indicator_id and choice.team = by_list.team
)
select
    $authority, $as_at, indicator_id, team, unit, definition, counted_by, counted_at, method, note, numerator, denominator,
    listed_n, listed_d, numerator - listed_n, denominator - listed_d,
    grade_of(numerator, listed_n), grade_of(denominator, listed_d),
    unit = case_unit and (
        definition is null or definition_key(definition) in (definition_key(indicator_id), definition_key(version::varchar))
    ),
    conflict, superseded, delivery_id, source_row
from claims;
