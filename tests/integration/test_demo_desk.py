"""The demo leaves a month's work waiting: some of everything that a desk shows, in a small invented authority with a past."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from countermark.certify.snapshot import find, read
from countermark.desk.accounts import everybody
from countermark.home import Home
from countermark.ledger.store import Ledger
from tests.integration.commands import Commands

LAST = date(2022, 10, 31)


@pytest.fixture(scope="module")
def home(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Home:
    path = tmp_path_factory.mktemp("demo") / "home"
    commands.well("demo", "--home", path, "--scale", 0.1, "--history", 3, "--desk")
    return Home(path)


def test_every_month_has_figures_and_the_months_before_are_mostly_done(home: Home) -> None:
    with read(find(home)) as con:
        rows = con.execute("select as_at, status from main.metrics where team = 'ALL'").fetchall()
    months = Counter(as_at for as_at, _ in rows)
    assert list(months) and set(months) == {date(2022, 7, 31), date(2022, 8, 31), date(2022, 9, 30), LAST}
    certified = Counter(as_at for as_at, status in rows if status == "certified")
    assert certified[date(2022, 8, 31)] > certified[LAST] > 0


def test_work_of_every_kind_waits(home: Home) -> None:
    with read(find(home)) as con:
        states = con.execute(
            "select state, count(distinct coalesce(owner, team)) from main.breaks group by 1"
        ).fetchall()
        waiting = con.execute(
            "select gate, count(*) from main.gates where team = 'ALL' and as_at = ? and outcome = 'FAIL' group by 1",
            [LAST],
        ).fetchall()
        lapsed = con.execute(
            "select count(*) from main.certificates where as_at = ? and lapsed_at is not null", [LAST]
        ).fetchall()
        missing = con.execute(
            "select count(*) from facts.owes anti join facts.claims using (authority, as_at, indicator_id, team) where as_at = ?",
            [LAST],
        ).fetchall()
        rejects = con.execute("select count(*) from main.deliveries where status = 'loaded_with_rejects'").fetchall()
    assert dict(states)["open"] > 3 and dict(states)["decided"] > 1, "in several teams"
    assert dict(waiting)["checked"] > 0 and dict(waiting)["signed"] > dict(waiting)["checked"]
    assert lapsed[0][0] == 1
    assert missing[0][0] == 1
    assert rejects[0][0] > 1


def test_the_invented_people_have_accounts_and_managers_have_looked(home: Home) -> None:
    with Ledger.open(home.ledger_url) as ledger:
        roles = Counter(account.role for account in everybody(ledger))
        looked = ledger.notes("look")
    assert roles["team_manager"] == 10 and roles["officer"] == 2 and roles["leader"] == 3
    assert all(roles[role] for role in ("board", "engineer", "auditor", "admin"))
    assert looked and {note.body["child_seen"] for note in looked} <= {"yes", "no"}


def test_a_number_of_months_that_cannot_be_is_refused(commands: Commands, tmp_path: Path) -> None:
    ended = commands("demo", "--home", tmp_path / "home", "--history", -1)
    assert ended.code == 2
    assert "from 0 to 60" in str(ended)
