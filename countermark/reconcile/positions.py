"""Which positions have to be computed, and computing them: members, claims, items, bridges and what certification reads.

A figure of the past follows the newest extract too. So a run at one date also brings every other known date in step with what was
delivered since; a date whose inputs are the same is left as it is.
"""

from __future__ import annotations

from datetime import date

import duckdb

from countermark.contracts.authority import Authority
from countermark.reconcile.members import FACTS, Position
from countermark.warehouse.connect import quiet, statements

SCHEMA = """
create schema if not exists facts;
create table if not exists facts.positions (authority varchar, as_at date, inputs varchar);
"""


def inputs(con: duckdb.DuckDBPyConnection) -> str:
    """A digest of everything that figures are computed from: deliveries that stand, authority files, definitions."""
    row = con.execute("select digest from typed.state").fetchone()
    return str(row[0]) if row else ""


def to_compute(con: duckdb.DuckDBPyConnection, wanted: Position, known: list[Position]) -> list[Position]:
    """The wanted position, and every known one whose inputs have changed since it was computed, in order."""
    with quiet("finding the positions to compute"):
        for statement in [*statements(SCHEMA), *statements(FACTS)]:
            con.execute(statement)
        now = inputs(con)
        fresh = {
            Position(str(authority), as_at)
            for authority, as_at in con.execute(
                "select authority, as_at from facts.positions where inputs = ?", [now]
            ).fetchall()
        }
    stale = {position for position in known if position not in fresh}
    return sorted({wanted, *stale}, key=lambda position: (position.authority, position.as_at))


def note_computed(con: duckdb.DuckDBPyConnection, position: Position) -> None:
    """Remember what a position was computed from."""
    with quiet("noting a position"):
        con.execute(
            "delete from facts.positions where authority = ? and as_at = ?", [position.authority, position.as_at]
        )
        con.execute("insert into facts.positions values (?, ?, ?)", [position.authority, position.as_at, inputs(con)])


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
    """The days on which a case system went live, by the parameter `go_live` (one ISO date or a list of them)."""
    said = authority.parameters.get("go_live", []) if authority else []
    return [str(day) for day in (said if isinstance(said, list) else [said])]
