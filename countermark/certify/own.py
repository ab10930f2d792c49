"""Figures about figures: indicators of the stage `published`, made of this very publication's figures and differences.

They are worked out after everything else stands, again at each publication, so what they say is true of the publication that they are
in. Nobody reconciles or signs them.
"""

from __future__ import annotations

import duckdb

from countermark.certify.facts import insert_definitions
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import Indicator
from countermark.ledger.store import Ledger
from countermark.reconcile.members import Position, given, is_due
from countermark.warehouse.connect import statements

KEPT = ("definitions", "members", "figures")
TABLES = {"own_figures": "own_figure_rows", "own_differences": "own_difference_rows"}
HISTORY = (
    "authority", "indicator_id", "as_at", "team", "revision", "system_numerator", "system_denominator", "system_value",
)  # fmt: skip


def leave_out_own(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Forget the own figures that came with the facts of an earlier publication: they are made anew."""
    names = [one.id for one in _own(catalogue)]
    for table in KEPT:
        con.execute(f"delete from facts.{table} where list_contains(?, indicator_id)", [names])


def add_own_figures(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ledger: Ledger) -> None:
    """Add own figures of every position to main.metrics, main.gates and the facts of the open snapshot."""
    own = _own(catalogue)
    if not own:
        return
    names = [one.id for one in own]
    for table in ("main.metrics", "main.gates"):  # those of a sealed position came with it
        con.execute(f"delete from {table} where list_contains(?, indicator_id)", [names])
    history = [{name: row.get(name) for name in HISTORY} for one in ledger.revisions() for row in one.positions]
    for statement in statements(catalogue.shared("certify/own_tables")):
        con.execute(statement, {"history": history} if "$history" in statement else {})
    positions = con.execute("select distinct authority, as_at from main.metrics order by all").fetchall()
    for position in (Position(str(authority), as_at) for authority, as_at in positions):
        due = [one for one in own if is_due(one, position.as_at)]
        insert_definitions(con, position, [(one, []) for one in due])
        for view, table in TABLES.items():
            con.execute(
                f"create or replace temp view {view} as select * exclude (authority) from {table} "
                "where authority = getvariable('own_authority') and as_at <= getvariable('own_as_at')"
            )
        con.execute("set variable own_authority = ?", [position.authority])
        con.execute("set variable own_as_at = ?", [position.as_at])
        for one in due:
            _insert(con, one, position)
    for statement in statements(catalogue.shared("certify/own_metrics")):
        con.execute(statement, {"own": names} if "$own" in statement else {})


def _own(catalogue: Catalogue) -> list[Indicator]:
    return [one for one in catalogue.indicators.values() if one.stage == "published"]


def _insert(con: duckdb.DuckDBPyConnection, indicator: Indicator, position: Position) -> None:
    sql = indicator.members_sql.strip().rstrip(";")
    said = {name: value for name, value in given(indicator, position.as_at).items() if f"${name}" in sql}
    con.execute(
        "insert into facts.members by name select $the_authority as authority, $the_indicator as indicator_id, "
        f"$the_as_at::date as as_at, 'now' as basis, m.* from ({sql}) as m where m.state is not null",
        {**said, "the_authority": position.authority, "the_indicator": indicator.id, "the_as_at": position.as_at},
    )
