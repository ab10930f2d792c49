-- The authority as a sum: where nobody counted for it as a whole, some team owes a count and every team that does has claimed.
create or replace temp table summed as
select owed.indicator_id
from (select indicator_id, count(*) as owing from team_owes group by all) as owed
where
    not exists (select 1 from claim_measures as own where own.indicator_id = owed.indicator_id and own.team = 'ALL')
    and owed.owing = (
        select count(distinct team_owes.team) from team_owes
        join claim_measures as claims on team_owes.indicator_id = claims.indicator_id and team_owes.team = claims.team
        where team_owes.indicator_id = owed.indicator_id
    );

insert into facts.bridges
select
    $authority, $as_at, bridges.indicator_id, 'ALL', bridges.measure, sum(bridges.manual)::integer,
    any_value(case bridges.measure when 'numerator' then now.numerator else now.denominator end),
    any_value(case bridges.measure when 'numerator' then coalesce(before.numerator, now.numerator)
        else coalesce(before.denominator, now.denominator) end),
    sum(bridges.unlisted)::integer, 'sum of teams'
from facts.bridges as bridges
join summed on bridges.indicator_id = summed.indicator_id
join facts.figures as now
    on now.authority = $authority and now.as_at = $as_at and now.basis = 'now' and now.indicator_id = bridges.indicator_id
        and now.team = 'ALL'
left join facts.figures as before
    on before.authority = $authority and before.as_at = $as_at and before.basis = 'at_hand'
    and before.indicator_id = bridges.indicator_id and before.team = 'ALL'
where bridges.authority = $authority and bridges.as_at = $as_at
group by bridges.indicator_id, bridges.measure
having count(*) = (
    select count(distinct claims.team) from claim_measures as claims where claims.indicator_id = bridges.indicator_id
);

-- Its items are the teams' added; cases of teams that claim nothing are in the system only; a case that one team lists and another
-- holds is no difference for the authority, so the pair is left out.
insert into facts.items by name
with of_teams as (
    select items.* exclude (team)
    from facts.items as items
    join summed on items.indicator_id = summed.indicator_id
    where items.authority = $authority and items.as_at = $as_at and items.team <> 'ALL'
        and exists (
            select 1 from facts.bridges as bridges
            where bridges.authority = $authority and bridges.as_at = $as_at and bridges.indicator_id = items.indicator_id
                and bridges.measure = items.measure and bridges.team = 'ALL'
        )
),
of_nobody as (
    select
        $authority as authority, $as_at as as_at, cases.indicator_id, cases.measure, cases.case_id, cases.child_id, 'case' as kind,
        1 as effect, 'SYSTEM_ONLY' as reason, 'exact' as evidence, false as closed, false as manual_in, true as system_in,
        0 as manual_rows, cases.state as system_state, cases.team as system_team, cases.decides_on,
        cases.delivery_id as system_delivery_id, cases.source_row as system_source_row, cases.team as of_team,
        md5(concat_ws(
            '|', cases.state, coalesce(cases.starts_on::varchar, ''), coalesce(cases.decides_on::varchar, ''), coalesce(cases.team, '')
        )) as bound_to
    from case_measures as cases
    join facts.bridges as bridges
        on bridges.authority = $authority and bridges.as_at = $as_at and bridges.indicator_id = cases.indicator_id
        and bridges.measure = cases.measure and bridges.team = 'ALL' and bridges.grade = 'sum of teams'
    where cases.counted and not exists (
        select 1 from claim_measures as claims
        where claims.indicator_id = cases.indicator_id and claims.measure = cases.measure and claims.team = cases.team
    )
),
together as (
    select * from of_teams
    union all by name
    select * from of_nobody
),
numbered as (
    select *, row_number() over (partition by indicator_id, measure, case_id, effect order by of_team) as turn
    from together where kind = 'case' and reason in ('TEAM', 'SYSTEM_ONLY')
),
paired as (
    select up.indicator_id, up.measure, up.case_id, up.turn
    from numbered as up join numbered as down
        on up.indicator_id = down.indicator_id and up.measure = down.measure and up.case_id = down.case_id and up.turn = down.turn
    where up.effect = 1 and down.effect = -1
),
kept as (
    select * from together where kind <> 'case' or reason not in ('TEAM', 'SYSTEM_ONLY')
    union all by name
    select numbered.* exclude (turn) from numbered anti join paired using (indicator_id, measure, case_id, turn)
)
select *, 'ALL' as team from kept;

-- A count for the authority that differs from the sum of its teams' is an item of its own; it moves nothing.
insert into facts.items by name
select
    $authority as authority, $as_at as as_at, own.indicator_id, 'ALL' as team, own.measure, 'line' as kind, 0 as effect,
    'VALUE' as reason, 'asserted' as evidence, false as closed, md5(concat_ws('|', own.manual, teams.manual)) as bound_to
from claim_measures as own
join (
    select indicator_id, measure, sum(manual) as manual from claim_measures where team <> 'ALL' group by all
) as teams
    on own.indicator_id = teams.indicator_id and own.measure = teams.measure
where own.team = 'ALL' and own.manual <> teams.manual;
