"""The arithmetic that must hold for every position: seven queries that return what breaks it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.reconcile.members import Position
from countermark.warehouse.connect import EngineError, quiet, statements

NAMES = (
    "bridges_add",
    "cases_partition",
    "one_reason_each",
    "lists_add_to_counts",
    "teams_add_to_authority",
    "pairs_add",
    "roll_forward_adds",
)


@dataclass(frozen=True)
class Invariant:
    """One invariant's outcome: PASS, FAIL with the number of rows that break it, or ERROR where it could not be asked."""

    name: str
    says: str
    outcome: str
    broken: int


OVER_TIME = NAMES[-1]  # asks of the roll-forward, which is made once all positions are


def check(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position, names: Sequence[str] = NAMES
) -> list[Invariant]:
    """Ask all seven, or those named, of a position. All but the one over time ask it of the position that was reconciled last on this
    connection."""
    text = catalogue.shared("reconcile/invariants")
    sentences = re.findall(r"^-- invariant: (.*)$", text, re.MULTILINE)
    reasons = sorted(catalogue.reasons, key=lambda code: catalogue.reasons[code].precedence)
    values = {"authority": position.authority, "as_at": position.as_at, "reasons": reasons}
    return [
        _ask(con, name, says, query, values)
        for name, says, query in zip(NAMES, sentences, statements(text), strict=True)
        if name in names
    ]


def _ask(con: duckdb.DuckDBPyConnection, name: str, says: str, query: str, values: dict[str, object]) -> Invariant:
    try:
        with quiet(name):
            broken = len(
                con.execute(query, {key: value for key, value in values.items() if f"${key}" in query}).fetchall()
            )
    except EngineError:
        return Invariant(name, says, "ERROR", 0)
    return Invariant(name, says, "FAIL" if broken else "PASS", broken)
