-- What was handed in for one position: counts and lists, and which of them are one claim, the latest of each indicator and team.
-- A list belongs to the count of the same day (or of no stated day, or where there is but one of each); else the later is the claim.
create or replace temp table claim_counts as
select
    counts.indicator_id, counts.team, counts.unit, counts.definition, counts.counted_by, counts.counted_at, counts.method,
    counts.note, counts.delivery_id, counts.source_row, person_key(counts.counted_by) as counter,
    case when indicators.measures = 'count' then coalesce(counts.numerator, counts.denominator) else counts.numerator end as numerator,
    case when indicators.measures = 'count' then null else counts.denominator end as denominator,
    row_number() over same_day as newest, dense_rank() over days as day_rank,
    coalesce(counts.counted_at, date '1990-01-01') as counted_day
from counts_given as counts
join catalogue_indicators as indicators on counts.indicator_id = indicators.indicator_id
where counts.authority = $authority and counts.as_at = $as_at and counts.reject_reason is null
window
    same_day as (
        partition by counts.indicator_id, counts.team, counts.counted_at order by counts.delivery_seq desc, counts.row_number desc
    ),
    days as (partition by counts.indicator_id, counts.team order by coalesce(counts.counted_at, date '1990-01-01') desc);

-- Rows of lists. A file that came again replaces what it said before; of one case in two files the newest delivery's rows stand; twice
-- in one delivery is a finding.
create or replace temp table claim_lists as
select
    lists.indicator_id, lists.team, lists.counted_by, lists.counted_at, lists.delivery_id, lists.source_row,
    case_key(lists.case_id, indicators.is_event) as case_id, lists.event_date, lists.family_id,
    coalesce(lists.counted_at, date '1990-01-01') as counted_day, lists.delivery_seq, lists.row_number,
    coalesce(lists.in_denominator, true) as in_denominator,
    case
        when indicators.measures = 'count' then coalesce(lists.in_denominator, true)
        else coalesce(lists.in_numerator, lists.list_of = 'numerator', false) and coalesce(lists.in_denominator, true)
    end as in_numerator,
    dense_rank() over (
        partition by lists.indicator_id, lists.team order by coalesce(lists.counted_at, date '1990-01-01') desc
    ) as day_rank
from lists_given as lists
join catalogue_indicators as indicators on lists.indicator_id = indicators.indicator_id
join typed.deliveries as deliveries on lists.delivery_id = deliveries.delivery_id
where lists.authority = $authority and lists.as_at = $as_at and lists.reject_reason is null
qualify
    rank() over (partition by lists.indicator_id, lists.team, deliveries.file order by lists.delivery_seq desc) = 1
    and rank() over (
        partition by lists.indicator_id, lists.team, lists.counted_at, lists.case_id order by lists.delivery_seq desc
    ) = 1;

-- Which day's count and which day's list make the claim.
create or replace temp table claim_choice as
with
counted as (
    select indicator_id, team, max(counted_day) as day, count(distinct counted_day) as days from claim_counts group by all
),
listed as (
    select indicator_id, team, max(counted_day) as day, count(distinct counted_day) as days,
        bool_or(counted_at is null) as undated
    from claim_lists group by all
)
select
    coalesce(counted.indicator_id, listed.indicator_id) as indicator_id, coalesce(counted.team, listed.team) as team,
    coalesce(counted.days, 0) as count_days, coalesce(listed.days, 0) as list_days,
    case
        when listed.day is null or counted.day >= listed.day or (counted.days = 1 and listed.days = 1) then counted.day
    end as count_day,
    case
        when counted.day is null or listed.day >= counted.day or (counted.days = 1 and listed.days = 1) then listed.day
        when listed.undated then date '1990-01-01'
    end as list_day
from counted full join listed on counted.indicator_id = listed.indicator_id and counted.team = listed.team;
