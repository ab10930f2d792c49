-- Every spelling of a team with the name it is shown under. told_teams: names and aliases of authority.toml. seen_teams: what
-- extracts and claims say. Where authority.toml names teams, those are known; elsewhere every team that an extract names is.
create or replace table typed.teams as
with told as (
    select authority, fold_name(name) as spelling, squeeze(any_value(team order by team)) as team
    from told_teams
    group by all
    union all by name
    select distinct authority, 'all' as spelling, 'ALL' as team
    from typed.deliveries
),

seen as (
    select
        authority, fold_name(name) as spelling, name,
        coalesce(sum(times) filter (where in_extract), 0) as times, bool_or(in_extract) as in_extract
    from seen_teams
    group by all
),

shown as (
    select authority, spelling, first(name order by times desc, name asc) as team, bool_or(in_extract) as in_extract
    from seen
    group by all
)

select authority, spelling, team, true as known
from told
union all by name
select
    authority, spelling, team,
    in_extract and authority not in (select t.authority from told_teams as t) as known
from shown
anti join told using (authority, spelling);
