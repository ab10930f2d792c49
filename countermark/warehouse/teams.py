"""typed.teams: every spelling of a team, and the name under which it is shown. Folding is by white space, case and aliases."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from countermark.contracts.authority import ALL, Authority
from countermark.contracts.catalogue import Catalogue
from countermark.warehouse.claims import is_claim

TEAMS = """
create or replace table typed.teams (authority varchar, spelling varchar, team varchar, known boolean);
create or replace temp table told_teams (authority varchar, name varchar, team varchar);
create or replace temp table seen_teams (authority varchar, name varchar, times bigint, in_extract boolean);
"""


def fill_teams(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, authorities: Sequence[Authority]) -> None:
    """Make typed.teams (authority, spelling, team, known).

    Where authority.toml names teams, those and `ALL` are known; elsewhere every team that an extract names is.
    """
    for statement in TEAMS.split(";")[:-1]:
        con.execute(statement)
    told = [
        (authority.authority, name, team.name)
        for authority in authorities
        for team in authority.teams
        for name in (team.name, *team.aliases)
    ]
    if told:
        con.executemany("insert into told_teams values (?, ?, ?)", told)
    for contract in catalogue.contracts.values():
        if contract.team:
            con.execute(
                f"""
                insert into seen_teams
                select d.authority, squeeze(r."{contract.team}"), count(*), {not is_claim(contract)}
                from raw."{contract.table}" as r join typed.deliveries as d using (delivery_id)
                where d.status in ('loaded', 'loaded_with_rejects', 'rejected') and r."{contract.team}" is not null group by all
                """
            )
    con.execute(
        """
        insert into typed.teams
        with told as (
            select authority, fold_name(name) as spelling, squeeze(any_value(team order by name, team)) as team
            from told_teams group by all
            union all
            select distinct authority, 'all', $all from typed.deliveries
        ), seen as (
            select authority, fold_name(name) as spelling, name, sum(times) filter (in_extract) as times,
                bool_or(in_extract) as in_extract
            from seen_teams group by all
        ), shown as (
            select authority, spelling, arg_max(name, (coalesce(times, 0), [-unicode(c) for c in string_split(name, '')])) as team,
                bool_or(in_extract) as in_extract
            from seen group by all
        )
        select authority, spelling, team, true from told
        union all
        select authority, spelling, team, in_extract and authority not in (select authority from told_teams)
        from shown anti join told using (authority, spelling)
        """,
        {"all": ALL},
    )
