"""Small published snapshots made by hand, for tests of what reads them: every exported table, columns and types as documented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from countermark.exports.published import ENGINE_TYPES, Column, tables

DERIVED = {
    "age_working_days",
    "event_age_working_days",
    "suppressed",
    "suppressed_cells",
}  # made by the export, in no snapshot
UNEXPORTED = {"breaks": ("proof",)}  # in a snapshot, in words, and on no export
AS_AT = date(2022, 10, 31)


def _stored(name: str) -> list[Column]:
    return [column for column in tables()[name].columns if column.name not in DERIVED]


def ddl(name: str) -> str:
    """The CREATE TABLE statement of one published table."""
    columns = ", ".join(f'"{column.name}" {ENGINE_TYPES[column.type]}' for column in _stored(name))
    columns += "".join(f', "{more}" varchar' for more in UNEXPORTED.get(name, ()))
    return f'create table "{name}" ({columns})'


def insert(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; columns not named are null."""
    names = [*(column.name for column in _stored(name)), *UNEXPORTED.get(name, ())]
    assert all(set(row) <= set(names) for row in rows)
    if rows:
        marks = ", ".join("?" * len(names))
        con.executemany(f'insert into "{name}" values ({marks})', [[row.get(n) for n in names] for row in rows])


def make(path: Path, content: Mapping[str, Sequence[Mapping[str, Any]]]) -> Path:
    """A snapshot with this content; tables not named are empty."""
    con = duckdb.connect(str(path))
    for name in tables():
        con.execute(ddl(name))
        insert(con, name, content.get(name, []))
    con.close()
    return path


def metric(numerator: int = 40, denominator: int | None = 100, **other: Any) -> dict[str, Any]:
    """A row of metrics whose three sides agree, but for what is named."""

    def value(n: int | None, d: int | None) -> float | None:
        return None if n is None else float(n) if denominator is None else n / d if d else None

    unit = other.get("unit", "count" if denominator is None else "percent")
    row: dict[str, Any] = {
        "authority": "E1", "indicator_id": "PP1", "title": "Seen in time", "as_at": AS_AT, "team": "ALL",
        "unit": unit, "measures": {"percent": "share", "count": "count"}.get(unit, "average"), "case_unit": "child",
        "system_numerator": numerator, "system_denominator": denominator,
        "manual_numerator": numerator, "manual_denominator": denominator,
        "reconciled_numerator": numerator, "reconciled_denominator": denominator,
        "not_countable": 0, "overtaken": 0, "status": "provisional", "status_reason": "Being checked: 2 open in North.",
        "revision": 1, "published_at": datetime(2026, 11, 21, 9, 30),
    } | other  # fmt: skip
    for side in ("system", "manual", "reconciled"):
        row.setdefault(f"{side}_value", value(row[f"{side}_numerator"], row[f"{side}_denominator"]))
    row.setdefault("range_low", row["system_value"])
    row.setdefault("range_high", row["system_value"])
    return row
