"""Typed tables in memory for the examples of rules: what a delivery would have become, written as pipe tables.

A given table may leave columns out: they are blank, `…_unusable` is false, `source_row` and `row_number` are the
row's place, `delivery_id` is `d1`, `delivery_seq` 1, `extracted_on` 2 November 2022, `is_counted` true, and the
folded team is the team given.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from countermark.contracts.model import Contract
from countermark.warehouse.connect import connect
from tests.examples.pipe import Row

SQL = Path(__file__).resolve().parents[2] / "sql"
AUTHORITY = "E06000012"
TYPES = {"date": "date", "integer": "integer", "number": "double", "age": "integer", "flag": "boolean"}
WITH_UNUSABLE = {"date", "code", "flag", "integer", "number"}
ALWAYS = {
    "authority": ("varchar", AUTHORITY),
    "delivery_id": ("varchar", "d1"),
    "delivery_seq": ("integer", "1"),
    "extracted_on": ("date", "2022-11-02"),
    "row_number": ("integer", None),
    "source_row": ("varchar", None),
    "reject_column": ("varchar", None),
    "reject_reason": ("varchar", None),
    "is_counted": ("boolean", "true"),
}


def world() -> duckdb.DuckDBPyConnection:
    """A connection with the product's macros and nothing typed."""
    con = connect(None, SQL)
    con.execute("set threads = 1")
    con.execute("create schema typed")
    return con


def columns(contract: Contract) -> dict[str, str]:
    """The typed columns of a contract and their types."""
    found = {name: kind for name, (kind, _) in ALWAYS.items()}
    for name, column in contract.columns.items():
        found[name] = TYPES.get(column.type, "varchar")
        if column.type in WITH_UNUSABLE:
            found[f"{name}_unusable"] = "boolean"
    return found | ({"team": "varchar"} if contract.team else {})


def fill(con: duckdb.DuckDBPyConnection, contract: Contract, rows: list[Row]) -> None:
    """Make the typed table of `contract` anew, with `rows`. ValueError for a column that it does not have."""
    kinds = columns(contract)
    con.execute(f"create or replace table typed.{contract.table} ({', '.join(f'{n} {k}' for n, k in kinds.items())})")
    values = []
    for place, row in enumerate(rows, 1):
        if unknown := set(row) - set(kinds):
            raise ValueError(f"{contract.id} has no typed column {', '.join(sorted(unknown))}")
        full = {name: default for name, (_, default) in ALWAYS.items()} | {
            "source_row": str(place),
            "row_number": str(place),
        }
        full |= {name: "false" for name in kinds if name.endswith("_unusable")}
        full |= {"team": row.get(contract.team)} if contract.team else {}
        full |= {name: value for name, value in row.items() if value is not None}
        values.append([full.get(name) for name in kinds])
    if values:
        con.executemany(f"insert into typed.{contract.table} values ({', '.join('?' * len(kinds))})", values)
