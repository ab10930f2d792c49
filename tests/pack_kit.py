"""A small published home with fourteen months of three measures in every status, for tests of what boards and leaders are given.

PP1 (share, high is better) is provisional with one open difference, AS3 (share, low is better) is checked and signed, PP3 is withheld in
the newest month, PP0 is a headcount. The facts are invented; certification and publication are the real ones.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

from countermark.certify import facts, judge, snapshot
from countermark.certify.publish import publish_from_warehouse
from countermark.contracts.catalogue import load
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import connect
from tests import certify_kit
from tests.certify_kit import AUTHORITY, INTO_FIGURES, LIST, Desk

AS_AT = date(2022, 10, 31)
CANARY_CHILD, CANARY_WORKER = "CANARYCHILD77", "Wilhelmina Workerby"
OFFICER, HEAD, MANAGER = "Olive Officer", "Dora Director", "Tess Manager"
PEOPLE = f"""
authority = "{AUTHORITY}"
name = "Eastmarsh Council"
[[people]]
name = "{OFFICER}"
role = "performance officer"
[[people]]
name = "{HEAD}"
role = "director of children's services"
[[people]]
name = "{MANAGER}"
role = "team manager"
team = "North"
"""
SHARES = {"PP1": ("annex_a.list_07", 9), "PP3": ("annex_a.list_07", 8), "AS3": ("annex_a.list_04", 3)}
ROWS = [f"rows_{name} integer" for name in ("in", "loaded", "rejected", "ignored")]


@dataclass
class Office:
    """A home, its ledger, and the warehouse that it is published from."""

    home: Home
    ledger: Ledger
    desk: Desk

    def publish(self) -> Path:
        """Publish what the facts now say; the snapshot that stands."""
        facts.record_deliveries(self.desk.con, self.desk.catalogue)
        with patch("countermark.certify.records.write"):  # the facts are invented: no delivered rows stand behind them
            publish_from_warehouse(self.desk.con, self.home, self.desk.catalogue, self.ledger)
        return snapshot.find(self.home)

    def run(self, sql: str) -> None:
        """Change the facts."""
        self.desk.con.execute(sql)

    def sign(self, indicator: str) -> Path:
        """Check and sign a figure of the newest month, and publish."""
        for deed, by in (("check", OFFICER), ("sign", HEAD)):
            path = snapshot.find(self.home)
            wanted = judge.figures(path, [indicator], AS_AT)
            if deed == "check":
                judge.check(self.ledger, path, wanted, by, "looked at every case")
            else:
                judge.sign(self.ledger, path, wanted, by)
            self.publish()
        return snapshot.find(self.home)


def months(count: int) -> list[date]:
    """The last days of `count` months up to the newest, oldest first."""
    found, day = [], AS_AT
    for _ in range(count):
        found.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return found[::-1]


@lru_cache(maxsize=4)
def _template(history: int) -> Path:
    """The home with its warehouse, made once a process and copied from then on."""
    folder = Path(tempfile.mkdtemp(prefix="pack-kit-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = Home.open(folder / "home")
    with certify_kit.desk(folder) as desk, Ledger.open(home.ledger_url) as ledger:
        _widen(desk, history)
        ledger.store_authority(AUTHORITY, PEOPLE)
        made = Office(home, ledger, replace(desk, ledger=ledger))
        made.publish()
        made.sign("AS3")
        desk.con.execute(f"attach '{home.warehouse}' as kept")
        desk.con.execute("copy from database memory to kept")
        desk.con.execute("detach kept")
    return home.path


@contextmanager
def office(folder: Path, history: int = 14) -> Iterator[Office]:
    """The home described above, published and AS3 signed."""
    shutil.copytree(_template(history), folder / "home")
    home, every = Home.open(folder / "home"), load()
    wanted = {name: every.indicators[name] for name in (*SHARES, "PP0")}
    catalogue = replace(every, indicators=wanted)
    con = connect(home.warehouse, catalogue.sql)
    with Ledger.open(home.ledger_url) as ledger:
        yield Office(home, ledger, Desk(con, catalogue, ledger))
    con.close()


def _widen(desk: Desk, history: int) -> None:
    """More measures, more months: ten cases each, of which a number that moves with the month is met."""
    every, con = load(), desk.con
    desk.catalogue.indicators.clear()
    desk.catalogue.indicators.update({name: every.indicators[name] for name in (*SHARES, "PP0")})
    for table in ("members", "figures", "bridges", "claims"):
        con.execute(f"delete from facts.{table}")
    con.execute(
        "insert into typed.receipts values (?, 'd4', 'list 4.xlsx', 'annex_a.list_04', '2022-11-02', false, 'loaded', true)",
        [AUTHORITY],
    )
    for column in ("seq integer", "sha256 varchar", "received_at timestamp", "reason varchar", *ROWS):
        con.execute(f"alter table typed.receipts add column {column}")
    con.execute("insert into facts.rule_results values (?, 'annex_a.list_04', 'CM-L04-001', 'PASS', 4, 0)", [AUTHORITY])
    for number, day in enumerate(months(history)):
        con.execute(
            "insert into typed.extracts values (?, ?, ?), (?, ?, ?)",
            [AUTHORITY, LIST, day, AUTHORITY, "annex_a.list_04", day],
        )
        for basis in ("now", "at_hand"):
            con.execute(
                "insert into facts.basis select ?, ?, ?, contract, extracted_on from typed.receipts",
                [AUTHORITY, day, basis],
            )
        facts.record_definitions(con, desk.catalogue, certify_kit.Position(AUTHORITY, day), {"North": ["PP1"]}, [])
        for indicator, (_, met) in SHARES.items():
            _figure(desk, indicator, day, met * 3 + number % 3, 30)
        _figure(desk, "PP0", day, 30 + number, None)
    _count(desk, months(1)[0])
    desk.run(
        f"update facts.members set child_id = '{CANARY_CHILD}', case_id = '{CANARY_CHILD}', worker = '{CANARY_WORKER}' where case_id = '7'"
    )
    _spoil(desk)


def _figure(desk: Desk, indicator: str, day: date, met: int, of: int | None) -> None:
    cases = met if of is None else of
    desk.con.execute(
        "insert into facts.members by name select $authority as authority, $indicator as indicator_id, $day::date as as_at, 'now' as basis, "
        "n::varchar as case_id, n::varchar as child_id, 'North' as team, true as in_denominator, n < $met as in_numerator, "
        "if(n < $met, 'met', 'not_met') as state from range($cases) as numbers (n)",
        {"authority": AUTHORITY, "indicator": indicator, "day": day, "met": met, "cases": cases},
    )
    for team in ("North", "ALL"):
        desk.con.execute(
            f"{INTO_FIGURES} values (?, ?, ?, 'now', ?, ?, ?, 0, 0, 0, 0)",
            [AUTHORITY, day, indicator, team, met, cases],
        )


def _count(desk: Desk, day: date) -> None:
    """North counted 30 of 30 for PP1; the system has two fewer, one of them explained and open."""
    met = desk.con.execute(
        "select numerator from facts.figures where indicator_id = 'PP1' and team = 'ALL' and as_at = ?", [day]
    ).fetchall()[0][0]
    for team in ("North", "ALL"):
        for measure, manual, system in (("numerator", met + 1, met), ("denominator", 30, 30)):
            desk.con.execute(
                "insert into facts.bridges values (?, ?, 'PP1', ?, ?, ?, ?, ?, 0, 'listed')",
                [AUTHORITY, day, team, measure, manual, system, system],
            )
    desk.con.execute(
        "insert into facts.claims by name select ? as authority, ?::date as as_at, 'PP1' as indicator_id, 'North' as team, 'child' as unit, "
        f"'{MANAGER}' as counted_by, ? as numerator, 30 as denominator, 'listed' as grade_numerator, 'listed' as grade_denominator, "
        "true as comparable, false as conflict, 'own_list' as method, 'd2' as delivery_id",
        [AUTHORITY, day, met + 1],
    )
    desk.item(-1, "VALUE", case=CANARY_CHILD)


def _spoil(desk: Desk) -> None:
    """PP3 of the newest month rests on nothing delivered: withheld."""
    desk.run(f"update facts.extracts set complete = false where as_at = '{AS_AT}' and contract = 'nothing'")
    desk.run(
        f"update facts.definitions set contracts = ['annex_a.list_99'] where as_at = '{AS_AT}' and indicator_id = 'PP3'"
    )
