-- What the authority has to say of a listed row, sentence by sentence: (contract, delivery_id, source_row, rank, says). No child is named.
create or replace temp table remarks as
with told as (
    select members.*, deliveries.contract
    from frozen.facts.members as members
    join frozen.facts.deliveries as deliveries using (delivery_id)
    where members.authority = $authority and members.as_at = $as_at and members.basis = 'now' and members.state is not null
),

differences as (
    select distinct
        told.contract, told.delivery_id, told.source_row, breaks.indicator_id, breaks.reason, breaks.state, breaks.decision, breaks.cause
    from frozen.main.breaks as breaks
    join told
        on breaks.authority = told.authority and breaks.as_at = told.as_at and breaks.indicator_id = told.indicator_id
        and breaks.case_id = told.case_id
    where breaks.state in ('open', 'decided')
)

select
    contract, delivery_id, source_row, 1 as rank,
    case state
        when 'not_countable' then indicator_id || ': a date that decides cannot be used, so nobody can say whether this row belongs.'
        when 'unusable' then indicator_id || ': a date that decides cannot be used; counted as not met.'
        when 'overtaken' then indicator_id || ': a later event has overwritten what stood at the date; not counted.'
        else indicator_id || ': not decided yet at the date; not counted.'
    end as says
from told
where state in ('not_countable', 'unusable', 'overtaken', 'pending')
union all
select
    contract, delivery_id, source_row, 2 as rank,
    indicator_id || ': the team''s count and this list differ here (' || coalesce(r.said, reason) || ')'
    || case
        when state = 'open' then '; not settled yet.'
        else '; settled: ' || coalesce(d.said, decision) || coalesce(', ' || c.said, '') || '.'
    end as says
from differences
left join words as r on r.kind = 'reason' and r.code = differences.reason
left join words as d on d.kind = 'decision' and d.code = differences.decision
left join words as c on c.kind = 'cause' and c.code = differences.cause
union all
select distinct
    failures.contract, failures.delivery_id, failures.source_row, 3 as rank, failures.rule_code || ': ' || failures.message as says
from frozen.main.failures as failures
where failures.authority = $authority
union all
select
    standing.contract, standing.delivery_id, standing.source_row, 4 as rank,
    w.said || ': as it stood at the date, from the list taken on ' || strftime(standing.from_on, '%-d %B %Y')
    || '; a later entry has replaced it since.'
from standing
join words as w on w.kind = standing.contract and w.code = standing."column";
