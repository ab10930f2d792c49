"""A tiny position whose five machine gates all hold, to be spoilt one thing at a time. For tests of gates, status and certificates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from countermark.certify import facts
from countermark.certify.certify import certify
from countermark.contracts.catalogue import Catalogue, load
from countermark.ledger.store import Ledger
from countermark.reconcile.members import FACTS, Position
from countermark.warehouse.connect import connect, statements
from expectations.violations import SCHEMA as FAILURES

INTO_FIGURES = (
    "insert into facts.figures (authority, as_at, indicator_id, basis, team, numerator, denominator, not_countable, overtaken, "
    "unusable, pending)"
)
AUTHORITY, AS_AT, LIST = "X1", date(2022, 10, 31), "annex_a.list_07"
POSITION = Position(AUTHORITY, AS_AT)
CHILDREN = [("1", True), ("2", True), ("3", True), ("4", False)]
EMPTY = """
create schema if not exists typed;
create table typed.receipts (authority varchar, delivery_id varchar, file varchar, contract varchar, extracted_on date,
    extracted_on_inferred boolean, status varchar, file_complete boolean);
create table typed.extracts (authority varchar, contract varchar, extracted_on date);
create schema raw;
create table raw.headings (delivery_id varchar, sheet varchar, place integer, heading varchar, column_name varchar);
create table typed.held (delivery_id varchar, size bigint, against date, against_size bigint);
create table facts.rejects (authority varchar, delivery_id varchar, file varchar, source_row varchar, "column" varchar, reason varchar);
create table facts.rule_results (authority varchar, contract varchar, rule_code varchar, status varchar, evaluated bigint, failed bigint);
"""


@dataclass
class Desk:
    """The position's facts, open, with a ledger beside them."""

    con: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    ledger: Ledger

    def certify(self) -> dict[str, str]:
        """Gate -> outcome of PP1 for the authority."""
        facts.record_deliveries(self.con, self.catalogue)
        found = certify(self.con, self.catalogue, self.ledger, b"k" * 32)
        self.facts_hash = next(f.facts_hash for f in found if f.indicator_id == "PP1")
        return dict(
            self.con.execute(
                "select gate, outcome from main.gates where indicator_id = 'PP1' and team = 'ALL'"
            ).fetchall()
        )

    def metric(self, column: str, team: str = "ALL") -> object:
        """One cell of PP1's published row."""
        return self.con.execute(
            f"select {column} from main.metrics where indicator_id = 'PP1' and team = ?", [team]
        ).fetchall()[0][0]

    def judge(self, note: str = "looked") -> None:
        """Check and sign PP1 as it stands."""
        self.certify()
        self.ledger.check(AUTHORITY, "PP1", AS_AT, "Olive Officer", note, self.facts_hash)
        self.ledger.sign(AUTHORITY, "PP1", AS_AT, "Dora Director", self.facts_hash)

    def run(self, sql: str) -> None:
        """Spoil something."""
        self.con.execute(sql)

    def item(self, effect: int, reason: str, case: str = "9", measure: str = "numerator", **more: object) -> None:
        """One difference of North's, and of the authority's."""
        for team in ("North", "ALL"):
            row = {
                "authority": AUTHORITY, "as_at": AS_AT, "indicator_id": "PP1", "team": team, "measure": measure, "case_id": case,
                "child_id": case, "kind": "case", "effect": effect, "reason": reason, "evidence": "exact", "closed": False,
                "of_team": "North", "break_key": case, "bound_to": "b", "manual_in": effect < 0, "system_in": effect > 0, **more,
            }  # fmt: skip
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            self.con.execute(f"insert into facts.items ({names}) values ({marks})", list(row.values()))


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    """Three of four children seen in time, North counted them all and agrees; delivered on 2 November; one rule ran and passed."""
    every = load()
    catalogue = replace(every, indicators={"PP1": every.indicators["PP1"]}, rules=())
    con = connect(None, catalogue.sql)
    reconcile = catalogue.sql / "shared" / "reconcile"
    for text in (
        FACTS,
        (reconcile / "schema.sql").read_text(),
        (reconcile / "macros.sql").read_text(),
        facts.SCHEMA,
        FAILURES,
        EMPTY,
    ):
        for statement in statements(text):
            con.execute(statement)
    con.execute(
        "insert into typed.receipts values (?, 'd1', 'list 7.xlsx', ?, '2022-11-02', false, 'loaded', true)",
        [AUTHORITY, LIST],
    )
    con.execute("insert into typed.extracts values (?, ?, '2022-11-02')", [AUTHORITY, LIST])
    con.execute("insert into facts.rule_results values (?, ?, 'CM-L07-001', 'PASS', 4, 0)", [AUTHORITY, LIST])
    for child, met in CHILDREN:
        con.execute(
            "insert into facts.members by name select ? as authority, 'PP1' as indicator_id, ?::date as as_at, 'now' as basis, ? as case_id, "
            "? as child_id, 'North' as team, true as in_denominator, ? as in_numerator, ? as state",
            [AUTHORITY, AS_AT, child, child, met, "met" if met else "not_met"],
        )
    for team in ("North", "ALL"):
        con.execute(
            f"{INTO_FIGURES} values (?, ?, 'PP1', 'now', ?, 3, 4, 0, 0, 0, 0)",
            [AUTHORITY, AS_AT, team],
        )
        for measure, count in (("numerator", 3), ("denominator", 4)):
            con.execute(
                "insert into facts.bridges values (?, ?, 'PP1', ?, ?, ?, ?, ?, 0, 'listed')",
                [AUTHORITY, AS_AT, team, measure, count, count, count],
            )
    con.execute(
        "insert into facts.claims by name select ? as authority, ?::date as as_at, 'PP1' as indicator_id, 'North' as team, 'child' as unit, "
        "'Tess Manager' as counted_by, 3 as numerator, 4 as denominator, 'listed' as grade_numerator, 'listed' as grade_denominator, "
        "true as comparable, false as conflict, 'own_list' as method, 'd2' as delivery_id",
        [AUTHORITY, AS_AT],
    )
    facts.record_definitions(con, catalogue, POSITION, {"North": ["PP1"]}, [])
    con.execute("insert into facts.controls values (?, ?, 'control', 'check', 'PASS', '')", [AUTHORITY, AS_AT])
    with Ledger.open(f"sqlite:///{folder / 'ledger.db'}") as ledger:
        yield Desk(con, catalogue, ledger)
    con.close()
