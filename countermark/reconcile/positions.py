"""Which positions have to be computed, and computing them: members, claims, items, bridges and what certification reads.

A figure of the past follows the newest extract too. So a run at one date also brings every other known date in step with what was
delivered since; a date whose inputs are the same is left as it is.
"""

from __future__ import annotations

from datetime import date

import duckdb

from countermark.contracts.authority import Authority
from countermark.contracts.events import GO_LIVE
from countermark.reconcile.members import FACTS, Position
from countermark.warehouse import noted
from countermark.warehouse.connect import quiet, statements
from countermark.warehouse.identity import links_digest

SCHEMA = """
create schema if not exists facts;
create table if not exists facts.positions (authority varchar, as_at date, inputs varchar);
"""


def inputs(con: duckdb.DuckDBPyConnection, position: Position) -> str:
    """A digest of everything that a position's figures are computed from: deliveries that stand, authority files, definitions, which ids
    are one child's, and the looks that managers entered up to its date."""
    row = con.execute("select digest from typed.state").fetchone()
    return f"{row[0]}{links_digest(con)}{noted.digest(con, position.authority, position.as_at)}" if row else ""


def to_compute(con: duckdb.DuckDBPyConnection, wanted: Position, known: list[Position]) -> list[Position]:
    """The wanted position, and every known one whose inputs have changed since it was computed, in order."""
    with quiet("finding the positions to compute"):
        for statement in [*statements(SCHEMA), *statements(FACTS)]:
            con.execute(statement)
        computed = con.execute("select authority, as_at, inputs from facts.positions").fetchall()
        before = {Position(str(authority), as_at): of for authority, as_at, of in computed}
        fresh = {position for position, of in before.items() if of == inputs(con, position)}
    stale = {position for position in known if position not in fresh}
    return sorted({wanted, *stale}, key=lambda position: (position.authority, position.as_at))


def begin(con: duckdb.DuckDBPyConnection, position: Position) -> None:
    """Forget that a position was computed: from here until its checks have passed its facts are half old, half new."""
    with quiet("beginning a position"):
        con.execute(
            "delete from facts.positions where authority = ? and as_at = ?", [position.authority, position.as_at]
        )


def leave_out_unfinished(con: duckdb.DuckDBPyConnection, known: list[Position]) -> list[Position]:
    """Remove the facts of positions that were begun and whose checks have not passed, so that nobody publishes them.

    Returns the `known` ones among them, which were published before and have to be computed again first: nothing is removed then.
    """
    with quiet("leaving out what is unfinished"):
        for statement in statements(SCHEMA):
            con.execute(statement)
        finished = set(con.execute("select authority, as_at from facts.positions").fetchall())
        waiting = [position for position in known if (position.authority, position.as_at) not in finished]
        tables = con.execute(
            "select table_name from duckdb_columns() where schema_name = 'facts' and column_name in ('authority', 'as_at') "
            "group by all having count(*) = 2 and table_name <> 'positions'"
        ).fetchall()
        for (table,) in tables if not waiting else []:
            con.execute(
                f'delete from facts."{table}" where (authority, as_at) not in (select (authority, as_at) from facts.positions)'
            )
    return waiting


def note_computed(con: duckdb.DuckDBPyConnection, position: Position) -> None:
    """Remember what a position was computed from."""
    with quiet("noting a position"):
        con.execute(
            "delete from facts.positions where authority = ? and as_at = ?", [position.authority, position.as_at]
        )
        con.execute(
            "insert into facts.positions values (?, ?, ?)", [position.authority, position.as_at, inputs(con, position)]
        )


def duties(authority: Authority | None, as_at: date, indicators: set[str]) -> dict[str, list[str]]:
    """Team -> indicators whose count it owes at the date, by authority.toml; indicators that nobody defined are left out."""
    if authority is None:
        return {}
    return {
        team.name: [name for name in team.owes if name in indicators]
        for team in authority.teams
        if (team.valid_from is None or team.valid_from <= as_at) and (team.valid_to is None or as_at <= team.valid_to)
    }


def go_lives(authority: Authority | None) -> list[str]:
    """The days on which a case system went live, by its events and by the parameter `go_live` (one ISO date or a list of them)."""
    if authority is None:
        return []
    said = authority.parameters.get("go_live", [])
    days = said if isinstance(said, list) else [said]
    return sorted({*map(str, days), *(str(one.day) for one in authority.events if one.kind == GO_LIVE)})
