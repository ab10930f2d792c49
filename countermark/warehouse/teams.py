"""typed.teams: every spelling of a team, and the name under which it is shown. Folding is by white space, case and aliases."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from countermark.contracts.authority import Authority
from countermark.contracts.catalogue import Catalogue
from countermark.warehouse.claims import is_claim
from countermark.warehouse.connect import statements

INPUTS = """
create or replace temp table told_teams (authority varchar, name varchar, team varchar);
create or replace temp table seen_teams (authority varchar, name varchar, times bigint, in_extract boolean);
"""


def fill_teams(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, authorities: Sequence[Authority]) -> None:
    """Make typed.teams (authority, spelling, team, known) from raw.*, typed.deliveries and the authority files."""
    for statement in statements(INPUTS):
        con.execute(statement)
    told = [
        (a.authority, name, team.name) for a in authorities for team in a.teams for name in (team.name, *team.aliases)
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
                where d.status in ('loaded', 'loaded_with_rejects', 'rejected') and r."{contract.team}" is not null
                group by all
                """
            )
    for statement in statements(catalogue.shared("typed_teams")):
        con.execute(statement)
