-- How far the open differences of each figure are from its tolerance.
create or replace temp table desk_figures as
with gross as (
    select authority, indicator_id, as_at, team, measure, coalesce(sum(abs(effect)) filter (state = 'open'), 0)::integer as open_gross
    from main.breaks group by all
)
select
    gross.authority, gross.indicator_id, gross.as_at, gross.team, max(gross.open_gross) as open_gross,
    any_value(greatest(
        definitions.tolerance_cases,
        floor(definitions.tolerance_share * coalesce(
            case when definitions.measures = 'count' then figures.numerator else figures.denominator end, 0
        ))::integer
    )) as allowed,
    any_value(definitions.headline) as headline
from gross
join facts.definitions as definitions
    on gross.authority = definitions.authority and gross.as_at = definitions.as_at and gross.indicator_id = definitions.indicator_id
left join facts.figures as figures
    on gross.authority = figures.authority and gross.as_at = figures.as_at and gross.indicator_id = figures.indicator_id
    and gross.team = figures.team and figures.basis = 'now'
group by all;

-- What the worklist says of each difference beside its effects: the form it is about, the worker, the day of the event, its life, and
-- `fact`: differences of one child, form and reason are one fact that moves several figures. Where only the deciding date or answer
-- differs, and not whether the case is there at all, the date tells facts apart. What one cause did to many (`block`) is one fact. So is a
-- cell that cannot be used with all that it moves: the failure and the differences are one piece of work, under the failure's name.
create or replace temp table desk_details as
with cells as (
    select
        breaks.authority, breaks.as_at, breaks.break_id,
        arg_min(failures.failure_id, (places.file || ' ' || failures.source_row is distinct from breaks.system_source, failures.failure_id))
            as failure_id
    from main.breaks as breaks
    join main.failures as failures
        on breaks.authority = failures.authority and breaks.child_id = failures.child_id and failures.severity = 'blocking'
    join facts.reads as reads
        on breaks.indicator_id = reads.indicator_id and failures.contract = reads.contract and failures."column" = reads.header
    left join facts.deliveries as places on failures.delivery_id = places.delivery_id
    where breaks.reason = 'INVALID' and (
        failures.contract is distinct from breaks.system_contract
        or places.file || ' ' || failures.source_row is not distinct from breaks.system_source
    )
    group by breaks.authority, breaks.as_at, breaks.break_id
),
told as (
    select
        breaks.authority, breaks.as_at, breaks.break_id, min(breaks.child_id) as child_id,
        if(contains(min(breaks.case_id), '/'), split_part(min(breaks.case_id), '/', -1), '') as event,
        coalesce(min(breaks.system_contract), min(definitions.contracts[1])) as form,
        trim(regexp_replace(min(members.worker), '[\s\x{00A0}]+', ' ', 'g')) as worker,
        min(coalesce(breaks.event_date, breaks.decides_on)) as event_on,
        arg_max(breaks.reason, (abs(breaks.effect), breaks.reason)) as reason,
        min(breaks.block) as block,
        coalesce(bool_or(breaks.measure = 'denominator' and breaks.effect <> 0), false) as is_whole
    from main.breaks as breaks
    left join facts.definitions as definitions
        on breaks.authority = definitions.authority and breaks.as_at = definitions.as_at and breaks.indicator_id = definitions.indicator_id
    left join main.members as members
        on breaks.authority = members.authority and breaks.as_at = members.as_at and breaks.indicator_id = members.indicator_id
        and breaks.case_id = members.case_id
    group by breaks.authority, breaks.as_at, breaks.break_id
)
select
    told.authority, told.as_at, told.break_id, told.form, told.worker, told.event_on, lives.life, lives.since, lives.reason_before,
    coalesce(if(told.block is null and told.reason = 'INVALID', cells.failure_id, null), min(told.break_id) over (
        partition by told.authority, told.as_at, coalesce(told.block, told.child_id, told.break_id),
            if(told.block is null, {'form': told.form, 'reason': told.reason, 'event': told.event}, null),
            if(told.is_whole or told.block is not null, null, told.event_on)
    )) as fact, told.block
from told
left join cells on told.authority = cells.authority and told.as_at = cells.as_at and told.break_id = cells.break_id
left join desk.lives as lives
    on told.authority = lives.authority and told.as_at = lives.as_at and told.break_id = lives.break_id and lives.reason is not null;

-- Each open difference with what it does to each figure, were it to fall the team's way: children on the worrying side, and the value.
create or replace table main.moves as
with falls as (
    select
        authority, indicator_id, as_at, team, break_id, min(of_team) as of_team,
        arg_max(reason, (abs(effect), reason)) as reason,
        -coalesce(sum(effect) filter (measure = 'numerator'), 0)::integer as n,
        -coalesce(sum(effect) filter (measure = 'denominator'), 0)::integer as d
    from differences where state = 'open' and kind <> 'line' and effect <> 0 group by all
)
select
    falls.authority, falls.as_at, falls.indicator_id, falls.team, falls.break_id, falls.of_team as owner, falls.reason, metrics.headline,
    coalesce(figures.open_gross > figures.allowed, false) as outside_tolerance,
    if(metrics.unit = 'percent' and metrics.better = 'high', falls.d - falls.n, falls.n) as worse_by,
    falls.n as numerator_by, if(metrics.measures = 'count', null, falls.d) as denominator_by, metrics.system_value as value_now,
    case metrics.measures
        when 'count' then (metrics.system_numerator + falls.n)::double
        when 'share' then (metrics.system_numerator + falls.n) / nullif(metrics.system_denominator + falls.d, 0)::double
    end as value_otherwise
from falls
join main.metrics as metrics
    on falls.authority = metrics.authority and falls.as_at = metrics.as_at and falls.indicator_id = metrics.indicator_id
    and falls.team = metrics.team
left join desk_figures as figures
    on falls.authority = figures.authority and falls.as_at = figures.as_at and falls.indicator_id = figures.indicator_id
    and falls.team = figures.team;
