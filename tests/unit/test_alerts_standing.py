"""Holds to account which alerts stand and what of them is told: each kind with a control, the same thing told once, a digest and no storm, and
no word of a child, a worker, a team or anybody's own text in any of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.alerts.digest import MOST_LINES, Digest, digest, note_told
from countermark.alerts.standing import Alert, standing
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.runs import JOB, Run, runs
from tests.snapshots import AS_AT, make

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
DAY = timedelta(hours=24)
KEY: dict[str, Any] = {"authority": "E1", "indicator_id": "PP1", "as_at": AS_AT, "team": "ALL"}
CANARY = "Zephyrine Quux"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with one publication, an hour old."""
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as opened:
        opened.add_revision("000001-a.duckdb", "a", [], "scheduled", {}, NOW - timedelta(hours=1), 1)
        yield opened


def snapshot(folder: Path, content: dict[str, Any], rule_results: str = "") -> Path:
    path = make(folder / f"{len(list(folder.iterdir()))}.duckdb", content)
    con = duckdb.connect(str(path))
    con.execute("create schema facts")
    con.execute(
        "create table facts.rule_results (authority varchar, contract varchar, rule_code varchar, status varchar)"
    )
    if rule_results:
        con.execute(f"insert into facts.rule_results values {rule_results}")
    con.close()
    return path


def history(*statuses: str, team: str = "ALL") -> list[dict[str, Any]]:
    return [{**KEY, "team": team, "revision": n, "status": status} for n, status in enumerate(statuses, start=1)]


def run(outcome: str, hours_ago: float, name: str = "r1") -> Run:
    ended = NOW - timedelta(hours=hours_ago)
    return Run(name, outcome, ended - timedelta(minutes=5), None if outcome == "running" else ended)


def sign(ledger: Ledger, facts: str = "f1") -> str:
    return ledger.sign("E1", "PP1", AS_AT, f"Head {CANARY}", facts, NOW - timedelta(days=3))


def kinds(alerts: list[Alert]) -> list[str]:
    return [alert.kind for alert in alerts]


def test_nothing_stands_where_nothing_is_wrong(ledger: Ledger, tmp_path: Path) -> None:
    path = snapshot(
        tmp_path,
        {"revisions": history("provisional", "certified"), "gates": [{**KEY, "gate": "valid", "outcome": "FAIL"}]},
        "('E1', 'annex_a.list_07', 'CM-L07-001', 'FAIL')",
    )
    assert standing(ledger, path, [run("succeeded", 1)], NOW, 24) == []
    assert standing(ledger, path, None, NOW, 24) == []


@pytest.mark.parametrize(
    ("history_of_runs", "told"),
    [
        (["failed"], 1), (["succeeded", "failed"], 0), (["failed", "succeeded"], 1), (["failed", "failed", "succeeded"], 2),
        (["running", "failed"], 1), (["cancelled"], 0), ([], 0),
    ],
)  # fmt: skip
def test_a_run_that_failed_stands_until_one_succeeds(ledger: Ledger, history_of_runs: list[str], told: int) -> None:
    """Newest first."""
    known = [run(outcome, n, f"r{n}") for n, outcome in enumerate(history_of_runs)]
    found = standing(ledger, None, known, NOW, 24)
    assert kinds(found) == ["run failed"] * told
    assert all(alert.urgent and "the last publication stands" in alert.says for alert in found)


@pytest.mark.parametrize(
    ("hours", "known", "confirmed", "stands"),
    [
        (24, None, None, False), (1, None, None, False), (0.5, None, None, True),
        (0.5, [run("succeeded", 0.2)], None, False), (0.5, [run("failed", 0.2)], None, True), (0.5, None, NOW, False),
    ],
)  # fmt: skip
def test_nothing_published_in_time(
    ledger: Ledger, hours: float, known: list[Run] | None, confirmed: datetime | None, stands: bool
) -> None:
    found = standing(ledger, None, known, NOW, hours, confirmed)
    assert ("not published" in kinds(found)) == stands


def test_it_is_said_again_after_as_long_again(ledger: Ledger) -> None:
    keys = [standing(ledger, None, None, NOW + timedelta(hours=hours), 24)[0].key for hours in (24, 30, 46, 48, 60)]
    assert keys[0] == keys[1] == keys[2] != keys[3] == keys[4]


def test_a_home_in_which_nothing_was_ever_published(tmp_path: Path) -> None:
    with Ledger.open(f"sqlite:///{tmp_path / 'empty.db'}") as empty:
        (found,) = standing(empty, None, None, NOW, 24)
    assert found.says == "Nothing has ever been published in this home."


@pytest.mark.parametrize(
    ("statuses", "team", "stands"),
    [
        (("certified", "provisional"), "ALL", True), (("certified", "withheld", "provisional"), "ALL", True),
        (("provisional", "withheld"), "ALL", False), (("certified", "provisional", "certified"), "ALL", False),
        (("certified", "provisional"), "North", False),
    ],
)  # fmt: skip
def test_a_figure_that_was_certified_and_is_no_longer(
    ledger: Ledger, tmp_path: Path, statuses: tuple[str, ...], team: str, stands: bool
) -> None:
    found = standing(ledger, snapshot(tmp_path, {"revisions": history(*statuses, team=team)}), None, NOW, 24)
    assert kinds(found) == ["no longer certified"] * stands
    if stands:
        assert found[0].says.startswith("PP1 at 31 October 2022 (E1) was certified and is no longer:")


def test_a_second_fall_has_a_key_of_its_own(ledger: Ledger, tmp_path: Path) -> None:
    fallen = ("certified", "provisional")
    keys = [
        standing(ledger, snapshot(tmp_path, {"revisions": history(*statuses)}), None, NOW, 24)[0].key
        for statuses in (fallen, (*fallen, "withheld"), (*fallen, *fallen))
    ]
    assert keys[0] == keys[1] != keys[2]


def test_a_rule_or_a_check_that_could_not_be_run(ledger: Ledger, tmp_path: Path) -> None:
    path = snapshot(
        tmp_path,
        {
            "gates": [
                {**KEY, "team": team, "gate": "valid", "outcome": "ERROR", "says": CANARY} for team in ("ALL", "North")
            ]
        },
        "('E1', 'annex_a.list_07', 'CM-L07-001', 'ERROR'), ('E1', 'annex_a.list_07', 'CM-L07-003', 'PASS')",
    )
    assert [alert.says for alert in standing(ledger, path, None, NOW, 24)] == [
        "Rule CM-L07-001 on annex_a.list_07 could not be run (E1).",
        "The check “valid” of PP1 at 31 October 2022 (E1) could not be run.",
    ]


def test_a_certificate_that_lapsed_is_told_once_for_the_figure_and_not_when_it_was_signed_anew(
    ledger: Ledger, tmp_path: Path
) -> None:
    path = snapshot(tmp_path, {"revisions": history("certified", "provisional")})
    certificate = sign(ledger)
    assert kinds(standing(ledger, path, None, NOW, 24)) == ["no longer certified"]
    ledger.lapse(certificate, f"what it certified has changed, said {CANARY}", NOW - timedelta(days=1))
    (found,) = standing(ledger, path, None, NOW, 24)
    assert (found.kind, found.says) == (
        "lapsed",
        "The certificate of PP1 at 31 October 2022 (E1) lapsed on 20 November 2026.",
    )
    sign(ledger, "f2")
    assert "lapsed" not in kinds(standing(ledger, path, None, NOW, 24))


def test_no_word_of_anybody_is_in_any_of_it(ledger: Ledger, tmp_path: Path) -> None:
    content = {
        "revisions": history("certified", "withheld"),
        "metrics": [{**KEY, "title": "x", "status": "withheld", "status_reason": f"open in {CANARY}"}],
        "gates": [{**KEY, "team": CANARY, "gate": "valid", "outcome": "ERROR", "says": CANARY}],
        "members": [
            {**{k: v for k, v in KEY.items() if k != "team"}, "case_id": CANARY, "child_id": CANARY, "worker": CANARY}
        ],
        "failures": [{"authority": "E1", "rule_code": "R1", "message": CANARY, "child_id": CANARY, "team": CANARY}],
        "deliveries": [{"authority": "E1", "delivery_id": "d1", "file": f"{CANARY}.xlsx", "reason": CANARY}],
    }
    ledger.lapse(sign(ledger), CANARY, NOW - timedelta(days=1))
    path = snapshot(tmp_path, content, "('E1', 'annex_a.list_07', 'CM-L07-001', 'ERROR')")
    alerts = standing(ledger, path, [run("failed", 1)], NOW + timedelta(days=30), 24)
    assert set(kinds(alerts)) == {"run failed", "not published", "error", "lapsed"}
    said = digest(ledger, alerts, NOW, DAY)
    note_told(ledger, said, NOW)
    text = "\n".join(
        [said.text, *(f"{alert}" for alert in alerts), *(str(note) for note in ledger.notes("alert_digest"))]
    )
    assert not [word for word in CANARY.split() if word in text]


# the digest


def alert(key: str, urgent: bool = False) -> Alert:
    return Alert(key, "run failed" if urgent else "lapsed", f"{key} happened.", urgent)


def told(ledger: Ledger, alerts: list[Alert], at: datetime) -> Digest:
    """What a look at a moment tells, remembered."""
    said = digest(ledger, alerts, at, DAY)
    note_told(ledger, said, at)
    return said


def test_what_is_new_is_told_once_in_one_message(ledger: Ledger) -> None:
    first = told(ledger, [alert("a"), alert("b")], NOW)
    assert first.text == "countermark: 2 new alerts, 2 standing.\n- a happened.\n- b happened."
    assert told(ledger, [alert("a"), alert("b")], NOW + timedelta(days=2)).text == ""
    third = told(ledger, [alert("a"), alert("b"), alert("c")], NOW + timedelta(days=3))
    assert third.text.splitlines() == [
        "countermark: 1 new alert, 3 standing.", "- c happened.", "Told before and still standing: 2 lapsed.",
    ]  # fmt: skip


def test_one_message_an_interval_but_for_a_failed_run(ledger: Ledger) -> None:
    told(ledger, [alert("a")], NOW)
    early = told(ledger, [alert("a"), alert("b")], NOW + timedelta(hours=1))
    assert (early.text, early.held_back) == ("", 1)
    urgent = told(ledger, [alert("a"), alert("b"), alert("r", urgent=True)], NOW + timedelta(hours=2))
    assert urgent.text.splitlines()[:2] == ["countermark: 1 new alert, 3 standing.", "- r happened."]
    assert told(ledger, [alert("a"), alert("b"), alert("r", urgent=True)], NOW + timedelta(hours=3)).text == ""
    late = told(ledger, [alert("a"), alert("b"), alert("r", urgent=True)], NOW + timedelta(hours=24))
    assert "- b happened." in late.text and "- r happened." not in late.text, (
        "an urgent message does not put the digest off"
    )


def test_what_went_away_and_comes_again_is_told_again(ledger: Ledger) -> None:
    told(ledger, [alert("a")], NOW)
    assert told(ledger, [], NOW + timedelta(days=1)).text == ""
    assert told(ledger, [alert("a")], NOW + timedelta(days=2)).text


def test_nothing_is_written_where_nothing_differs(ledger: Ledger) -> None:
    before = ledger.head().seq
    told(ledger, [], NOW)
    assert ledger.head().seq == before
    told(ledger, [alert("a")], NOW)
    seq = ledger.head().seq
    told(ledger, [alert("a")], NOW + timedelta(days=3))
    assert (ledger.head().seq, ledger.verify()) == (seq, None)


def test_what_was_not_taken_is_told_again(ledger: Ledger) -> None:
    """Without `note_told`, as where no target took the message."""
    assert digest(ledger, [alert("a")], NOW, DAY).text == digest(ledger, [alert("a")], NOW, DAY).text != ""


def test_a_hundred_at_once_are_one_short_message(ledger: Ledger) -> None:
    said = digest(ledger, [alert(f"a{n:03d}") for n in range(100)], NOW, DAY, "https://desk.example/health")
    assert len(said.text.splitlines()) == MOST_LINES + 3
    assert said.text.splitlines()[-2:] == ["- and 70 more.", "All of them: https://desk.example/health"]


# the runs


def test_runs_are_read_from_the_homes_history(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "home")
    assert runs(home) is None
    (home.dagster / "history").mkdir()
    path = home.dagster / "history" / "runs.db"
    path.write_bytes(b"no database at all, but long enough to be looked at as one" * 100)
    assert runs(home) is None
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute(
        "create table runs (run_id text, pipeline_name text, status text, start_time float, end_time float)"
    )
    start = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
    for n, (job, status, end) in enumerate(
        [(JOB, "SUCCESS", 60), (JOB, "FAILURE", 30), ("other", "FAILURE", 1), (JOB, "STARTED", None)]
    ):
        connection.execute(
            "insert into runs values (?, ?, ?, ?, ?)",
            [f"r{n}", job, status, start + n, start + n + end if end else None],
        )
    connection.execute("insert into runs values ('queued', ?, 'QUEUED', null, null)", [JOB])
    connection.commit()
    connection.close()
    found = runs(home) or []
    assert [(one.run_id, one.outcome) for one in found] == [("r3", "running"), ("r1", "failed"), ("r0", "succeeded")]
    assert found[2].ended_at == datetime(2026, 11, 20, 0, 1, tzinfo=UTC) and found[0].ended_at is None
    assert len(runs(home, most=1) or []) == 1


def test_dates_in_sentences_are_as_people_write_them(ledger: Ledger, tmp_path: Path) -> None:
    rows = [{**one, "as_at": date(2022, 2, 1)} for one in history("certified", "withheld")]
    (found,) = standing(ledger, snapshot(tmp_path, {"revisions": rows}), None, NOW, 24)
    assert found.says == "PP1 at 1 February 2022 (E1) was certified and is no longer: Not reliable enough to report."
