-- The life of each difference over as-at dates, and the roll-forward: what became of it from one date of its measure to the next.
-- life: new, old, moved (another reason), reopened; gone: corrected at source, past (its month is over), not_counted (nobody counted).
-- $reasons are the codes in the order in which they are tried. Pairs of systems live alike (kind `pair`): $windows says of a pair of events
-- how many months it looks back, $yearly which pairs are asked of a return's year. What a pair no longer looks at is past, not corrected.
create schema if not exists desk;

create or replace temp table pair_dates as
select
    pairs.authority, pairs.pair_id, pairs.as_at, pairs.not_made is null as is_made,
    case
        when list_contains($yearly::varchar[], pairs.pair_id) then pairs.compared_on
        else (pairs.as_at - to_months(windows.looks.months))::date + 1
    end as from_day,
    if(list_contains($yearly::varchar[], pairs.pair_id), pairs.compared_on, null) as compared_on
from main.pairs as pairs
left join (select unnest($windows::struct(pair_id varchar, months integer)[]) as looks) as windows on pairs.pair_id = windows.looks.pair_id;

create or replace temp table standing as
select
    'break' as kind, authority, indicator_id, break_id, as_at, arg_min(reason, list_position($reasons, reason)) as reason,
    bool_or(decision_lapsed) as lapsed, if(bool_or(state = 'open'), 'open', 'decided') as state, max(decision) as decision,
    any_value(coalesce(of_team, team)) as of_team, null::date as began
from main.breaks where effect <> 0 and state <> 'closed' group by all
union all
select
    'pair', items.authority, items.pair_id, items.difference_id, items.as_at, items.reason, items.decision_lapsed, items.state,
    items.decision, null,
    coalesce(dates.compared_on, if(items.effect < 0, items.left_starts_on, items.right_starts_on))
from main.pair_items as items
join pair_dates as dates on items.authority = dates.authority and items.pair_id = dates.pair_id and items.as_at = dates.as_at
where items.state <> 'closed'
qualify
    row_number() over (partition by items.authority, items.difference_id, items.as_at order by abs(items.effect) desc, items.case_id) = 1;

create or replace table desk.lives as
with dates as (
    select
        'break' as kind, authority, indicator_id, as_at, period, true as is_made, null::date as from_day,
        lag(as_at) over (partition by authority, indicator_id order by as_at) as before
    from facts.definitions
    union all
    select
        'pair', authority, pair_id, as_at, 'snapshot', is_made, from_day, lag(as_at) over (partition by authority, pair_id order by as_at)
    from pair_dates
),
steps as (
    select dates.kind, dates.is_made, false as is_past, now.authority, now.indicator_id, now.break_id, dates.as_at, dates.before,
        dates.period, now.reason, earlier.reason as reason_before, now.state, now.lapsed, now.decision, now.of_team,
        min(now.as_at) over (partition by now.authority, now.break_id) as since
    from standing as now
    join dates on now.authority = dates.authority and now.indicator_id = dates.indicator_id and now.as_at = dates.as_at
    left join standing as earlier
        on now.authority = earlier.authority and now.break_id = earlier.break_id and earlier.as_at = dates.before
    union all
    select dates.kind, dates.is_made, coalesce(earlier.began < dates.from_day, false), dates.authority, dates.indicator_id,
        earlier.break_id, dates.as_at, dates.before, dates.period, null, earlier.reason, 'closed',
        earlier.lapsed, earlier.decision, earlier.of_team, null
    from dates
    join standing as earlier
        on dates.authority = earlier.authority and dates.indicator_id = earlier.indicator_id and dates.before = earlier.as_at
    anti join standing as now
        on dates.authority = now.authority and earlier.break_id = now.break_id and dates.as_at = now.as_at
)
select
    steps.kind, steps.authority, steps.indicator_id, steps.break_id, steps.as_at, steps.before, steps.reason, steps.reason_before,
    steps.state, steps.lapsed, steps.decision,
    coalesce(since, (
        select min(first.as_at) from standing as first
        where first.authority = steps.authority and first.break_id = steps.break_id
    )) as since,
    case
        when steps.reason is null and not steps.is_made then 'not_counted'
        when steps.reason is null and steps.is_past then 'past'
        when steps.reason is null and steps.kind = 'break' and not exists (
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

create or replace temp table rolled as
with moves as (
    select
        kind, authority, indicator_id, as_at, reason_before as reason, 1 as opening, 0 as new, 0 as reopened, 0 as moved_in,
        (life = 'moved')::integer as moved_out, (reason is null)::integer as closed, 0 as closing, 0 as decided, 0 as lapsed,
        (life = 'past')::integer as past, (life = 'not_counted')::integer as not_counted, null::date as oldest
    from desk.lives where reason_before is not null
    union all
    select
        kind, authority, indicator_id, as_at, reason, 0, (life = 'new')::integer, (life = 'reopened')::integer, (life = 'moved')::integer,
        0, 0, 1, (state = 'decided')::integer, (state = 'open' and lapsed)::integer, 0, 0, since
    from desk.lives where reason is not null
)
select
    kind, authority, indicator_id, as_at, reason, sum(opening)::integer as opening, sum(new)::integer as new,
    sum(reopened)::integer as reopened, sum(moved_in)::integer as moved_in, sum(moved_out)::integer as moved_out,
    sum(closed)::integer as closed, sum(closing)::integer as closing,
    sum(decided)::integer as decided, sum(lapsed)::integer as lapsed, sum(past)::integer as past,
    sum(not_counted)::integer as not_counted, min(oldest) as oldest
from moves group by all;

create or replace table main.roll_forward as select * exclude (kind) from rolled where kind = 'break';
create or replace table main.pair_roll_forward as
select authority, indicator_id as pair_id, * exclude (kind, authority, indicator_id) from rolled where kind = 'pair';
