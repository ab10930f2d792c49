"""A little world for examples: conformed tables in memory, filled from pipe tables, and members taken from them.

A given table may leave columns out: they are blank, `…_unusable` is false, `extracted_on` is the example's (else the
as-at date), `contract` is the one that feeds the table from Annex A (else `given.<table>`), `source_row` the row's place in the
table; a visit belongs to a plan of 1 June 2022, as a visit without a plan's start stood in a rejected row.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb

from countermark.contracts.indicator import Indicator
from countermark.contracts.model import ORIGIN, ConformedTable
from countermark.reconcile.members import given
from countermark.warehouse.connect import connect
from tests.examples.pipe import Row

SQL = Path(__file__).resolve().parents[2] / "sql"
FEEDS = {
    "referrals": "annex_a.list_03",
    "cin_assessments": "annex_a.list_04",
    "s47_enquiry": "annex_a.list_05",
    "cin_episodes": "annex_a.list_06",
    "cp_plans": "annex_a.list_07",
    "cp_visits": "annex_a.list_07",
    "person": "annex_a.list_07",
    "cla_episodes": "annex_a.list_08",
    "cla_health": "annex_a.list_08",
}


@lru_cache
def table(name: str) -> ConformedTable:
    """The definition of a conformed table, or of one of this product's own."""
    path = next(path for path in (SQL / "conformed" / f"{name}.toml", SQL / "own" / f"{name}.toml") if path.exists())
    return ConformedTable.model_validate({**tomllib.loads(path.read_text("utf-8")), "name": name})


@lru_cache
def indicators() -> dict[str, Indicator]:
    """Every shipped indicator by its id."""
    folders = sorted(path.parent for path in (SQL / "indicators").glob("*/indicator.toml"))
    read = (tomllib.loads((folder / "indicator.toml").read_text("utf-8")) | {"folder": folder} for folder in folders)
    return {one.id: one for found in map(Indicator.model_validate, read) for one in found.over_windows()}


@lru_cache
def _connection() -> duckdb.DuckDBPyConnection:
    con = connect(None, SQL)
    con.execute("set threads = 1")
    return con


class World:
    """The conformed tables that one indicator reads, empty yet.

    One at a time where they share a connection, unless each has a schema of its own: then its tables are found while the search path
    names it.
    """

    def __init__(
        self, indicator: Indicator, con: duckdb.DuckDBPyConnection | None = None, schema: str = "conformed"
    ) -> None:
        self.indicator, self.schema = indicator, schema
        self.con = con or _connection()
        self.con.execute(f"create schema if not exists {schema}")
        for name in (*indicator.reads, *indicator.reads_also):
            self.con.execute(table(name).ddl(schema))
            if schema == "conformed":
                self.con.execute(f"create or replace temp view {name} as select * from conformed.{name}")

    def give(self, name: str, rows: list[Row], extracted_on: date) -> None:
        """Fill a table from pipe rows."""
        assert name in (*self.indicator.reads, *self.indicator.reads_also), f"{self.indicator.id} does not read {name}"
        known = {*ORIGIN, *table(name).columns}
        for number, row in enumerate(rows, start=1):
            assert row.keys() <= known, f"{name} has no column {', '.join(row.keys() - known)}"
            filled = {k: v for k, v in (self._defaults(name, number, extracted_on) | row).items() if v is not None}
            columns = ", ".join(filled)
            self.con.execute(
                f"insert into {self.schema}.{name} ({columns}) values ({', '.join('?' * len(filled))})",
                list(filled.values()),
            )

    @staticmethod
    def _defaults(name: str, number: int, extracted_on: date) -> Row:
        flags: Row = {column: "false" for column in table(name).columns if column.endswith("_unusable")}
        origin: Row = {
            "authority": "E0",
            "contract": FEEDS.get(name, f"given.{name}"),
            "delivery_id": "D1",
            "source_row": str(number),
        }
        plan: Row = {"cp_plan_start_date": "2022-06-01"} if name == "cp_visits" else {}
        return {**flags, **origin, **plan, "extracted_on": extracted_on.isoformat()}

    def members(self, as_at: date) -> list[Row]:
        """Every case as text: T and F for booleans, blank as None, ordered by case id."""
        found = self.relation(as_at).order("case_id")
        return [dict(zip(found.columns, map(as_text, values), strict=True)) for values in found.fetchall()]

    def asked(self, query: str, as_at: date) -> list[Row]:
        """What a query finds in this world, as text. The search path is left at the world's schema."""
        self.con.execute(f"set search_path = '{self.schema},main'")
        made = self.con.execute(query, _bound(self.indicator, query, as_at))
        names = [column[0] for column in made.description]
        return [dict(zip(names, map(as_text, values), strict=True)) for values in made.fetchall()]

    def relation(self, as_at: date) -> duckdb.DuckDBPyRelation:
        """The members as DuckDB has them, also as the table `members`."""
        query = self.indicator.members_sql
        self.con.execute(f"create or replace table members as {query}", _bound(self.indicator, query, as_at))
        return self.con.table("members")


def _bound(indicator: Indicator, query: str, as_at: date) -> dict[str, object]:
    return {name: value for name, value in given(indicator, as_at).items() if re.search(rf"\${name}\b", query)}


def as_text(value: object) -> str | None:
    """A value as a pipe table writes it."""
    if isinstance(value, bool):
        return "T" if value else "F"
    return None if value is None else str(value)


def only(rows: Iterable[Row], columns: list[str]) -> list[Row]:
    """The rows with the named columns alone, in a fixed order."""
    cut = [{name: row[name] for name in columns} for row in rows]
    return sorted(cut, key=lambda row: [row[name] or "" for name in columns])
