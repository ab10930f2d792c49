-- What the desk works through: one row per difference and position, one per failure. Made whole at each publication, read by pages alone.
-- rank: 0 moves a headline figure that is outside its tolerance, 1 another headline figure, 2 another figure, 3 none.
create schema if not exists desk;

create or replace table desk.items as
select
    breaks.authority, breaks.as_at, breaks.break_id as item_id, 'difference' as kind, breaks.indicator_id,
    [breaks.indicator_id] as indicators, any_value(breaks.child_id) as child_id, any_value(breaks.case_id) as case_id,
    list_sort(list_distinct(list(breaks.owner))) as teams, arg_max(breaks.reason, abs(breaks.effect)) as reason,
    list_sort(list_distinct(list(breaks.reason))) as reasons, max(breaks.cause) as cause, max(breaks.decision) as decision,
    bool_or(breaks.decision_lapsed) as lapsed, min(breaks.first_seen) as first_seen,
    case
        when bool_or(breaks.state = 'open') then 'open'
        when bool_or(breaks.state = 'decided') then 'decided'
        else 'closed'
    end as state,
    null::varchar as rule_code, null::varchar as severity, null::varchar as message, null::varchar as contract,
    any_value(breaks.manual_source) as manual_source, any_value(breaks.system_source) as system_source,
    list(
        {
            'team': breaks.team, 'measure': breaks.measure, 'kind': breaks.kind, 'reason': breaks.reason, 'effect': breaks.effect,
            'open_gross': figures.open_gross, 'allowed': figures.allowed
        }
        order by breaks.team <> 'ALL', breaks.team, breaks.measure, breaks.kind, breaks.reason
    ) as effects,
    null::struct(delivery_id varchar, source_row varchar, header varchar)[] as places,
    any_value(details.form) as form, any_value(details.worker) as worker, any_value(details.event_on) as event_on,
    any_value(details.life) as life, any_value(details.since) as since, any_value(details.reason_before) as reason_before,
    any_value(details.fact) as fact, any_value(details.block) as block,
    case
        when bool_or(breaks.state = 'open' and breaks.effect <> 0 and figures.headline and figures.open_gross > figures.allowed) then 0
        when bool_or(breaks.state = 'open' and breaks.effect <> 0 and figures.headline) then 1
        when bool_or(breaks.state = 'open' and breaks.effect <> 0) then 2
        else 3
    end as rank,
    max(abs(breaks.effect)) as size
from main.breaks as breaks
join desk_figures as figures
    on breaks.authority = figures.authority and breaks.as_at = figures.as_at and breaks.indicator_id = figures.indicator_id
    and breaks.team = figures.team
join desk_details as details
    on breaks.authority = details.authority and breaks.as_at = details.as_at and breaks.break_id = details.break_id
group by breaks.authority, breaks.as_at, breaks.break_id, breaks.indicator_id;

-- A failing cell moves a figure where its rule is blocking, the figure reads the cell, and the child counts in it at the newest position.
insert into desk.items by name
with newest as (
    select authority, max(as_at) as as_at from facts.definitions group by authority
),
read_cells as (
    select definitions.authority, definitions.as_at, reads.indicator_id, reads.contract, reads.header, definitions.headline,
        coalesce(gates.outcome in ('FAIL', 'ERROR'), false) as too_many
    from facts.reads as reads
    join facts.definitions as definitions on reads.indicator_id = definitions.indicator_id
    join newest on definitions.authority = newest.authority and definitions.as_at = newest.as_at
    left join main.gates as gates
        on definitions.authority = gates.authority and definitions.as_at = gates.as_at
        and definitions.indicator_id = gates.indicator_id and gates.team = 'ALL' and gates.gate = 'valid'
),
moving as (
    select failures.failure_id, list_sort(list(distinct cells.indicator_id)) as indicators,
        min(case when not cells.headline then 2 when cells.too_many then 0 else 1 end) as rank
    from main.failures as failures
    join read_cells as cells
        on failures.authority = cells.authority and failures.contract = cells.contract and failures."column" = cells.header
    where failures.severity = 'blocking' and (
        failures.child_id is null
        or exists (
            select 1 from main.members as members
            where members.authority = failures.authority and members.as_at = cells.as_at
                and members.indicator_id = cells.indicator_id and members.child_id = failures.child_id
        )
    )
    group by failures.failure_id
)
select
    failures.authority, failures.failure_id as item_id, failures.failure_id as fact, any_value(failures.contract) as form,
    'failure' as kind, coalesce(any_value(moving.indicators), []) as indicators,
    any_value(failures.child_id) as child_id, list_sort(list_distinct(list(failures.team))) as teams, []::varchar[] as reasons,
    false as lapsed, min(failures.first_seen) as first_seen, 'open' as state, any_value(failures.rule_code) as rule_code,
    any_value(failures.severity) as severity, any_value(failures.message) as message, any_value(failures.contract) as contract,
    list(
        {'delivery_id': failures.delivery_id, 'source_row': failures.source_row, 'header': failures."column"}
        order by failures.delivery_id, failures.source_row
    ) as places,
    coalesce(any_value(moving.rank), 3) as rank, 1 as size
from main.failures as failures
left join moving on failures.failure_id = moving.failure_id
group by failures.authority, failures.failure_id;
