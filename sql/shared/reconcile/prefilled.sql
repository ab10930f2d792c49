-- Lists that were sent out filled in and came back: each becomes a count and a list, as if the team had written both.
-- A row without an answer, and one that is lost, is counted as it was sent and is on no list: it is never taken for right.
create or replace temp table prefilled_rows as
with said as (
    select
        lists.*, deliveries.file, indicators.measures = 'count' as is_headcount,
        coalesce(lists.list_version, max(lists.list_version) over (
            partition by lists.delivery_id, lists.indicator_id, lists.team
        ), '') as version,
        coalesce(lists.as_recorded = 'all_others', false) as is_control,
        lists.as_recorded is null and not lists.as_recorded_unusable as is_added,
        coalesce(lists.as_recorded in ('met', 'not_met'), false) as was_in, coalesce(lists.as_recorded = 'met', false) as was_met
    from typed.manual_prefilled as lists
    join catalogue_indicators as indicators on lists.indicator_id = indicators.indicator_id
    join typed.deliveries as deliveries on lists.delivery_id = deliveries.delivery_id
    where lists.authority = $authority and lists.as_at = $as_at and lists.reject_reason is null
),
-- The list that came last speaks, and of a file that came again its last state.
standing as (
    select * from said
    qualify
        version = arg_max(version, delivery_seq) over (partition by indicator_id, team)
        and delivery_seq = max(delivery_seq) over (partition by indicator_id, team, file)
),
answered as (
    select
        *,
        coalesce(your_answer, case
            when is_added or your_answer_unusable or as_recorded_unusable then null
            when bool_or(is_control and your_answer = 'right') over (partition by delivery_id, indicator_id, team) then 'right'
        end) as answer
    from standing
),
judged as (
    select
        *,
        case
            when case_id is null then false
            when is_added and is_headcount then coalesce(answer in ('right', 'met'), not your_answer_unusable)
            when is_added then coalesce(answer in ('met', 'not_met'), false)
            else answer is not null and (answer <> 'right' or not as_recorded_unusable)
        end as is_finished,
        case answer
            when 'right' then is_added or was_in
            when 'met' then true
            when 'not_met' then not is_headcount
            when 'not_ours' then false
            else is_added
        end as says_in,
        coalesce(answer = 'met' or (answer = 'right' and was_met), false) as says_met
    from answered
    where not is_control and (not is_added or coalesce(case_id, initials, your_answer, another_date::varchar) is not null)
)
-- Of one case in several files the newest that answers stands.
select * from judged
qualify case_id is null or rank() over (
    partition by indicator_id, team, case_id order by is_finished desc, delivery_seq desc
) = 1;

create or replace temp table prefilled_claims as
with sent as (
    select
        indicator_id, team, max(filled_in_by) as counted_by, max(filled_in_on) as counted_at, max(delivery_seq) as delivery_seq,
        arg_max(delivery_id, delivery_seq) as delivery_id, max(coalesce(sent_in_all, 0)) as sent_in, max(coalesce(sent_met, 0)) as sent_met,
        arg_max(case when is_control then note end, delivery_seq) as note
    from (
        select
            *, coalesce(list_version, '') as version, coalesce(as_recorded = 'all_others', false) as is_control
        from typed.manual_prefilled
        where authority = $authority and as_at = $as_at and reject_reason is null
    )
    where (indicator_id, team, version) in (select (r.indicator_id, r.team, r.version) from prefilled_rows as r)
    group by indicator_id, team
),
found as (
    select
        indicator_id, team, any_value(is_headcount) as is_headcount,
        count(*) filter (is_finished and says_in)::integer as said_in, count(*) filter (is_finished and says_met)::integer as said_met,
        count(distinct case_id) filter (is_finished and was_in)::integer as done_in,
        count(distinct case_id) filter (is_finished and was_met)::integer as done_met,
        count(*) filter (is_added and not is_finished and says_in)::integer as more_in,
        count(*) filter (is_added and not is_finished and says_met)::integer as more_met
    from prefilled_rows group by indicator_id, team having bool_or(is_finished or is_added)
)
select
    found.indicator_id, found.team, sent.counted_by, sent.counted_at, sent.delivery_id, sent.delivery_seq, sent.note,
    found.said_in + greatest(sent.sent_in - found.done_in, 0) + found.more_in as counted_in,
    case
        when found.is_headcount then counted_in
        else found.said_met + greatest(sent.sent_met - found.done_met, 0) + found.more_met
    end as numerator,
    case when not found.is_headcount then counted_in end as denominator
from found join sent on found.indicator_id = sent.indicator_id and found.team = sent.team;

-- What teams wrote themselves and what came back filled in, in the same columns.
create or replace temp table counts_given as
select * from typed.manual_counts
union all by name
select
    $authority as authority, $as_at as as_at, claims.indicator_id, claims.team, claims.counted_by, claims.counted_at,
    'prefilled' as method, claims.note, claims.delivery_id, claims.numerator, claims.denominator, claims.delivery_seq, 0 as row_number,
    coalesce(min(rows.source_row) filter (rows.delivery_seq = claims.delivery_seq), min(rows.source_row)) as source_row
from prefilled_claims as claims
join prefilled_rows as rows on claims.indicator_id = rows.indicator_id and claims.team = rows.team
group by all;

create or replace temp table lists_given as
select * from typed.manual_lists
union all by name
select
    $authority as authority, $as_at as as_at, rows.indicator_id, rows.team, claims.counted_by, claims.counted_at, rows.delivery_id,
    rows.source_row, rows.case_id, coalesce(rows.another_date, case when rows.answer = 'right' then rows.last_recorded end) as event_date,
    rows.delivery_seq, rows.row_number, rows.says_in as in_denominator, rows.says_met and rows.says_in as in_numerator
from prefilled_rows as rows
join prefilled_claims as claims on rows.indicator_id = claims.indicator_id and rows.team = claims.team
where rows.is_finished;
