-- The life of each difference over as-at dates, and the roll-forward: what became of it from one date of its measure to the next.
-- life: new, old, moved (another reason), reopened; gone: corrected at source, past (its month is over), not_counted (nobody counted).
-- $reasons are the codes in the order in which they are tried.
create schema if not exists desk;

create or replace temp table standing as
select
    authority, indicator_id, break_id, as_at, arg_min(reason, list_position($reasons, reason)) as reason,
    bool_or(decision_lapsed) as lapsed, if(bool_or(state = 'open'), 'open', 'decided') as state, max(decision) as decision,
    any_value(coalesce(of_team, team)) as of_team
from main.breaks where effect <> 0 and state <> 'closed' group by all;

create or replace table desk.lives as
with dates as (
    select
        authority, indicator_id, as_at, period, lag(as_at) over (partition by authority, indicator_id order by as_at) as before
    from facts.definitions
),
steps as (
    select now.authority, now.indicator_id, now.break_id, dates.as_at, dates.before, dates.period, now.reason,
        earlier.reason as reason_before, now.state, now.lapsed, now.decision, now.of_team,
        min(now.as_at) over (partition by now.authority, now.break_id) as since
    from standing as now
    join dates on now.authority = dates.authority and now.indicator_id = dates.indicator_id and now.as_at = dates.as_at
    left join standing as earlier
        on now.authority = earlier.authority and now.break_id = earlier.break_id and earlier.as_at = dates.before
    union all
    select dates.authority, dates.indicator_id, earlier.break_id, dates.as_at, dates.before, dates.period, null, earlier.reason, 'closed',
        earlier.lapsed, earlier.decision, earlier.of_team, null
    from dates
    join standing as earlier
        on dates.authority = earlier.authority and dates.indicator_id = earlier.indicator_id and dates.before = earlier.as_at
    anti join standing as now
        on dates.authority = now.authority and earlier.break_id = now.break_id and dates.as_at = now.as_at
)
select
    steps.authority, steps.indicator_id, steps.break_id, steps.as_at, steps.before, steps.reason, steps.reason_before, steps.state,
    steps.lapsed, steps.decision,
    coalesce(since, (
        select min(first.as_at) from standing as first
        where first.authority = steps.authority and first.break_id = steps.break_id
    )) as since,
    case
        when steps.reason is null and not exists (
            select 1 from facts.bridges as counted
            where counted.authority = steps.authority and counted.indicator_id = steps.indicator_id and counted.as_at = steps.as_at
                and counted.team in (steps.of_team, 'ALL')
        ) then 'not_counted'
        when steps.reason is null and steps.period <> 'snapshot' and not exists (
            select 1 from main.breaks as settled
            where settled.authority = steps.authority and settled.break_id = steps.break_id and settled.as_at = steps.as_at
        ) then 'past'
        when steps.reason is null then 'corrected'
        when steps.reason_before is null and since < steps.as_at then 'reopened'
        when steps.reason_before is null then 'new'
        when steps.reason_before <> steps.reason then 'moved'
        else 'old'
    end as life
from steps;

create or replace table main.roll_forward as
with moves as (
    select authority, indicator_id, as_at, reason_before as reason, 1 as opening, 0 as new, 0 as reopened, 0 as moved_in,
        (life = 'moved')::integer as moved_out, (reason is null)::integer as closed, 0 as closing, 0 as decided, 0 as lapsed,
        (life = 'past')::integer as past, (life = 'not_counted')::integer as not_counted, null::date as oldest
    from desk.lives where reason_before is not null
    union all
    select authority, indicator_id, as_at, reason, 0, (life = 'new')::integer, (life = 'reopened')::integer, (life = 'moved')::integer, 0,
        0, 1, (state = 'decided')::integer, (state = 'open' and lapsed)::integer, 0, 0, since
    from desk.lives where reason is not null
)
select
    authority, indicator_id, as_at, reason, sum(opening)::integer as opening, sum(new)::integer as new, sum(reopened)::integer as reopened,
    sum(moved_in)::integer as moved_in, sum(moved_out)::integer as moved_out, sum(closed)::integer as closed,
    sum(closing)::integer as closing, sum(decided)::integer as decided, sum(lapsed)::integer as lapsed, sum(past)::integer as past,
    sum(not_counted)::integer as not_counted, min(oldest) as oldest
from moves group by all;
