"""What changed between two extracts of one list, counted by hand; and a publication of an earlier version, which knew of none."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from countermark.certify.changes import record_changes
from countermark.certify.facts import LATER, copy_facts
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import connect
from countermark.warehouse.intake import intake
from countermark.warehouse.typed import create_typed
from tests.intake_kit import catalogue

HEADER = (
    "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),Child Protection Plan Start Date,"
    "Child Protection Plan End Date,Date of the Last Statutory Visit,Was the Child Seen Alone?,"
    "Number of Previous Child Protection Plans,Allocated Team,Allocated Worker"
)
FIRST = """
1,a) Male,,2010-01-01,12,2022-01-05,,2022-10-20,a) Yes,0,North,Ann Other
2,a) Male,,2011-01-01,11,2022-02-05,,2022-10-21,a) Yes,0,North,Ann Other
3,b) Female,,2012-01-01,10,2022-03-05,,2022-10-22,a) Yes,0,North,Ann Other
""".strip()
SECOND = """
1,M,,01/01/2010,13,2022-01-05,,2022-11-10,a) Yes,0,north ,Ann Other
2,a) Male,,2011-01-01,12,2022-02-05,,2022-10-21,a) Yes,0,North,Ann Other
4,b) Female,,2012-01-01,10,2022-03-05,,2022-10-22,a) Yes,0,North,Ann Other
""".strip()
Found = dict[tuple[str, str], int]


def deliver(inbox: Path, day: str, rows: str) -> None:
    folder = inbox / day
    folder.mkdir(parents=True)
    (folder / "plans.csv").write_text(f"{HEADER}\n{rows}\n", encoding="utf-8")
    (folder / "delivery.toml").write_text(f'authority = "X1"\nextracted_on = {day}\n', encoding="utf-8")


def compared(home: Home, inbox: Path, withdraw: bool = False) -> Found:
    definitions = catalogue()
    with Ledger.open(home.ledger_url) as ledger:
        con = connect(home.warehouse, definitions.sql, home.tmp)
        try:
            intake(home, inbox, None, definitions, ledger, con, settle=0)
            if withdraw:
                ledger.withdraw(ledger.receipts()[0].delivery_id, "the wrong file", "Olive Officer")
            create_typed(con, definitions, ledger)
            record_changes(con, definitions)
            record_changes(con, definitions)
            rows = con.execute("select kind, heading, rows from facts.changes").fetchall()
            assert len(rows) == len({row[:2] for row in rows}), "comparing again adds nothing"
            return {(kind, heading): count for kind, heading, count in rows}
        finally:
            con.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    deliver(tmp_path / "inbox", "2022-11-02", FIRST)
    deliver(tmp_path / "inbox", "2022-11-16", SECOND)
    return tmp_path / "inbox"


def test_rows_new_gone_and_changed_are_counted_by_what_they_mean(inbox: Path, tmp_path: Path) -> None:
    assert compared(Home.open(tmp_path / "home"), inbox) == {
        ("new", ""): 1, ("gone", ""): 1, ("same", ""): 1, ("changed", ""): 1,
        ("changed", "Date of the Last Statutory Visit"): 1,
    }, "another spelling of a sex, a date or a team is no change, and nor is being a year older"  # fmt: skip


def test_a_withdrawn_delivery_is_compared_with_nothing(inbox: Path, tmp_path: Path) -> None:
    home = Home.open(tmp_path / "home")
    assert compared(home, inbox)
    assert compared(home, inbox, withdraw=True) == {}


def test_a_publication_of_an_earlier_version_lacks_the_table_and_is_published_again_all_the_same() -> None:
    con = duckdb.connect()
    con.execute("attach ':memory:' as old")
    con.execute("attach ':memory:' as new")
    con.execute("create schema old.facts")
    from countermark.certify.facts import FACT_TABLES

    for table in set(FACT_TABLES) - set(LATER):
        con.execute(f"create table old.facts.{table} (basis varchar, state varchar)")
    copy_facts(con, "old", "new")
    assert con.execute("select count(*) from new.facts.changes").fetchall() == [(0,)]
