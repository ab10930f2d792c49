"""Positions of which a child was purged. Their figures stay as they were published: nobody could work them out again.

A position is sealed by a note in the ledger. Its facts are carried from the last publication, and so are the checks of data and counts,
ranges and bridges, which rest on rows that are gone. Checks, signatures and withdrawals by people go on as before.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from countermark.certify import snapshot
from countermark.certify.facts import FACT_TABLES
from countermark.contracts.catalogue import Catalogue
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.reconcile.members import FACTS, Position, set_bases
from countermark.reconcile.positions import SCHEMA
from countermark.warehouse.connect import quiet, statements

KIND = "sealed"  # notes, by as-at date
BY_ROWS = ["delivered", "valid", "reconciled", "counted"]  # gates that rest on rows
FROM_ITEMS = (
    "reconciled_numerator", "reconciled_denominator", "reconciled_value", "range_low", "range_high", "range_says",
)  # fmt: skip
FIGURE = "indicator_id, authority, as_at"


def sealed_positions(ledger: Ledger) -> set[Position]:
    """The positions that are never worked out again."""
    return {Position(note.authority, date.fromisoformat(note.subject)) for note in ledger.notes(KIND)}


def bring_back(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, home: Home, sealed: set[Position]) -> None:
    """Fill the warehouse's facts of sealed positions from the current publication, where a new warehouse lacks them."""
    path = snapshot.current(home)
    if not sealed or path is None:
        return
    with quiet("bringing back sealed positions"):
        for statement in statements(SCHEMA + FACTS + catalogue.shared("reconcile/schema")):
            con.execute(statement)
        there = {Position(*row) for row in con.execute("select authority, as_at from facts.positions").fetchall()}
        lacking = sorted(sealed - there, key=lambda one: (one.authority, one.as_at))
        if not lacking:
            return
        con.execute(f"attach '{_quoted(path)}' as published (read_only)")
        try:
            for table in _by_position(con):
                con.execute(f'create table if not exists facts."{table}" as from published.facts."{table}" limit 0')
                for position in lacking:
                    key = [position.authority, position.as_at]
                    con.execute(f'delete from facts."{table}" where authority = ? and as_at = ?', key)
                    con.execute(
                        f'insert into facts."{table}" by name select * from published.facts."{table}" where authority = ? and as_at = ?',
                        key,
                    )
        finally:
            con.execute("detach published")
        for position in lacking:
            set_bases(con, catalogue, position)
        con.executemany(
            "insert into facts.positions values (?, ?, 'sealed')", [(p.authority, p.as_at) for p in lacking]
        )


def _by_position(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        "select table_name from duckdb_columns() where database_name = 'published' and schema_name = 'facts' "
        "and column_name in ('authority', 'as_at') group by all having count(*) = 2"
    ).fetchall()
    return [table for (table,) in rows if table in FACT_TABLES]


def carry_checks(con: duckdb.DuckDBPyConnection, last: Path | None, sealed: set[Position]) -> None:
    """Give sealed positions the bridges, the checks of data and counts and the hashes of the last publication. After `hashes`."""
    if last is None or not _note(con, sealed):
        return
    con.execute(f"attach '{_quoted(last)}' as before (read_only)")
    try:
        con.execute(
            "create or replace temp table before_metrics as select * from before.main.metrics semi join sealed using (authority, as_at)"
        )
        known = "(select distinct authority, as_at from before_metrics)"
        con.execute(f"delete from main.bridge_lines where (authority, as_at) in {known}")
        con.execute(
            "insert into main.bridge_lines by name select * from before.main.bridge_lines semi join sealed using (authority, as_at)"
        )
        con.execute(f"delete from main.gates where (authority, as_at) in {known} and list_contains(?, gate)", [BY_ROWS])
        con.execute(
            "insert into main.gates by name select * from before.main.gates semi join sealed using (authority, as_at) "
            "where list_contains(?, gate)",
            [BY_ROWS],
        )
        con.execute(
            "update facts_hashes set facts_hash = b.facts_hash from before_metrics as b "
            "where b.team = 'ALL' and " + _same("facts_hashes", "b")
        )
    finally:
        con.execute("detach before")


def carry_figures(con: duckdb.DuckDBPyConnection, last: Path | None, sealed: set[Position]) -> None:
    """Give sealed positions the range and the reconciled value of the last publication. After `metrics`."""
    if last is None or not sealed:
        return
    values = ", ".join(f"{name} = b.{name}" for name in FROM_ITEMS)
    con.execute(
        f"update main.metrics set {values} from before_metrics as b where {_same('metrics', 'b')} and metrics.team = b.team"
    )


def _same(left: str, right: str) -> str:
    return " and ".join(f"{left}.{name} = {right}.{name}" for name in FIGURE.split(", "))


def _note(con: duckdb.DuckDBPyConnection, sealed: set[Position]) -> bool:
    con.execute("create or replace temp table sealed (authority varchar, as_at date)")
    if sealed:
        con.executemany("insert into sealed values (?, ?)", [(one.authority, one.as_at) for one in sealed])
    return bool(sealed)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
