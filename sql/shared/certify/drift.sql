-- How the shape of one list differs from that of the extract before: headings, and what the cells under them are good for.
insert into facts.drift
with
use_now as (
    select
        pairs.authority, pairs.extracted_on, pairs.against, used.column_name, sum(used.filled) as filled, sum(used.unusable) as unusable
    from drift_pairs as pairs
    join facts.column_use as used on used.contract = $contract and list_contains(pairs.now, used.delivery_id)
    group by all
),

use_before as (
    select pairs.authority, pairs.extracted_on, used.column_name, sum(used.filled) as filled, sum(used.unusable) as unusable
    from drift_pairs as pairs
    join facts.column_use as used on used.contract = $contract and list_contains(pairs.before, used.delivery_id)
    group by all
),

headings_now as (
    select distinct pairs.authority, pairs.extracted_on, pairs.against, h.column_name, squeeze(h.heading) as heading
    from drift_pairs as pairs
    join raw.headings as h on list_contains(pairs.now, h.delivery_id)
),

headings_before as (
    select distinct pairs.authority, pairs.extracted_on, h.column_name, squeeze(h.heading) as heading
    from drift_pairs as pairs
    join raw.headings as h on list_contains(pairs.before, h.delivery_id)
),

-- Extracts of which no row has a team that anybody knows.
strangers as (
    select pairs.authority, pairs.extracted_on, pairs.against
    from drift_pairs as pairs
    join drift_teams as seen on list_contains(pairs.now, seen.delivery_id)
    left join typed.teams as teams
        on seen.authority = teams.authority and seen.team = teams.team and teams.known and teams.team <> 'ALL'
    group by all
    having count(teams.team) = 0
),

found as (
    -- A heading that means no column, and did not stand there before.
    select authority, extracted_on, against, 'unknown' as what, heading, null as column_name, null as before, null as then_share,
        null as now_share
    from headings_now as now
    where
        column_name = '' and not exists (
            select 1 from headings_before as b
            where b.authority = now.authority and b.extracted_on = now.extracted_on and lower(b.heading) = lower(now.heading)
        )
    union all by name
    -- A column that was filled and has no cell now: its heading is gone, or stands over nothing.
    select
        now.authority, now.extracted_on, now.against, now.column_name,
        if(
            exists (
                select 1 from headings_now as h
                where h.authority = now.authority and h.extracted_on = now.extracted_on and h.column_name = now.column_name
            ), 'emptied', 'gone'
        ) as what
    from use_now as now
    join use_before as before
        on now.authority = before.authority and now.extracted_on = before.extracted_on and now.column_name = before.column_name
    where now.filled = 0 and before.filled > 0
    union all by name
    -- The same column under another spelling of its heading.
    select now.authority, now.extracted_on, now.against, 'renamed' as what, now.column_name, min(before.heading) as before
    from headings_now as now
    join headings_before as before
        on now.authority = before.authority and now.extracted_on = before.extracted_on and now.column_name = before.column_name
    where now.column_name <> ''
    group by now.authority, now.extracted_on, now.against, now.column_name
    having not bool_or(lower(now.heading) = lower(before.heading))
    union all by name
    -- Cells that cannot be used: a tenth more of them than before, and not just a few.
    select
        now.authority, now.extracted_on, now.against, 'unusable' as what, now.column_name,
        before.unusable / before.filled as then_share, now.unusable / now.filled as now_share
    from use_now as now
    join use_before as before
        on now.authority = before.authority and now.extracted_on = before.extracted_on and now.column_name = before.column_name
    where
        now.filled > 0 and before.filled > 0 and now.unusable >= 5
        and now.unusable / now.filled >= before.unusable / before.filled + 0.1
    union all by name
    select authority, extracted_on, against, 'teams' as what, $team as column_name
    from strangers
)

select
    found.authority, $contract, found.extracted_on, found.against, found.what, coalesce(headers.header, found.heading), found.before,
    found.then_share, found.now_share, coalesce(headers.indicators, [])
from found
left join drift_headers as headers on found.column_name = headers.column_name;
