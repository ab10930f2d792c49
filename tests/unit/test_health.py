"""Holds the health of a home to account: that it says what is there, that Prometheus can read it, that it grows unwell when it should, and
that no child, worker, team or file is in it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from prometheus_client.parser import text_string_to_metric_families

from countermark import health as health_module
from countermark.certify import snapshot
from countermark.certify.facts import CONTROLS
from countermark.exposition import exposition
from countermark.health import VERIFIED_FOR, Health, health
from countermark.home import Home
from countermark.ledger.store import Ledger
from tests.ledger_samples import receipt
from tests.snapshots import AS_AT, make, metric

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
CANARY = "Zephyrine Quux"
KEY: dict[str, Any] = {"authority": "E1", "indicator_id": "PP1", "as_at": AS_AT}


def content() -> dict[str, Any]:
    return {
        "metrics": [
            metric(status="certified"), metric(indicator_id="PP3"), metric(team=CANARY), metric(authority="E2", status="withheld"),
            metric(indicator_id="PP6", as_at=AS_AT.replace(month=9, day=30)),
        ],
        "gates": [
            {**KEY, "team": team, "gate": gate, "outcome": outcome, "says": CANARY}
            for team in ("ALL", CANARY) for gate, outcome in (("valid", "PASS"), ("signed", "FAIL"))
        ],
        "members": [{**KEY, "case_id": CANARY, "child_id": CANARY, "worker": CANARY, "team": CANARY}],
        "failures": [{"authority": "E1", "rule_code": "R1", "message": CANARY, "child_id": CANARY, "team": CANARY}],
    }  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two authorities' figures, published an hour ago."""
    home = Home.open(tmp_path / "home")
    path = make(home.published / "000001-abc.duckdb", content())
    con = duckdb.connect(str(path))
    con.execute("create schema facts")
    con.execute(
        "create table facts.rule_results (authority varchar, rule_code varchar, contract varchar, status varchar)"
    )
    con.execute(
        "insert into facts.rule_results values ('E1', 'R1', 'c', 'PASS'), ('E1', 'R2', 'c', 'FAIL'), ('E2', 'R1', 'c', 'PASS')"
    )
    con.close()
    snapshot.point_at(home, "000001-abc.duckdb")
    with Ledger.open(home.ledger_url) as ledger:
        ledger.add_receipts(
            [
                receipt(authority="E1", file=f"{CANARY}.xlsx"),
                receipt("bbbb-x", authority="E2", status="rejected", reason=CANARY),
            ]
        )
        ledger.add_revision("000001-abc.duckdb", "abc", [], "scheduled", {}, NOW - timedelta(hours=1), 1)
        for code, indicator in (("E1", "PP1"), ("E2", "PP1")):
            certificate = ledger.sign(code, indicator, AS_AT, CANARY, "facts", NOW - timedelta(days=2))
            if code == "E2":
                ledger.lapse(certificate, CANARY, NOW)
    return home


def look(home: Home, now: datetime = NOW, authority: str | None = None) -> Health:
    with Ledger.open(home.ledger_url) as ledger:
        return health(home, ledger, now, authority)


def scraped(state: Health) -> dict[tuple[str, ...], float]:
    """What Prometheus' own parser reads: (name, label values…) to value."""
    families = text_string_to_metric_families(exposition(state).decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_it_says_what_is_there(home: Home) -> None:
    state = look(home)
    assert state.publication is not None
    assert (state.publication.snapshot, state.age, state.is_fresh) == ("000001-abc.duckdb", timedelta(hours=1), True)
    assert (state.deliveries, state.certificates) == (
        {"loaded_with_rejects": 1, "rejected": 1},
        {"standing": 1, "lapsed": 1},
    )
    assert state.figures is not None
    assert state.figures.by_status == {
        ("E1", "PP1", "certified"): 1, ("E1", "PP3", "provisional"): 1, ("E2", "PP1", "withheld"): 1,
    }  # fmt: skip
    assert state.figures.gates == {("valid", "PASS"): 2, ("signed", "FAIL"): 2} and state.figures.rules == {
        "PASS": 2,
        "FAIL": 1,
    }
    assert state.figures.positions == {"E1": AS_AT, "E2": AS_AT}
    assert state.chain.broken_at is None and state.chain.entries > 4 and state.runs is None and state.disk_free > 0
    assert [alert.kind for alert in state.alerts] == ["lapsed"]


def test_one_authority_sees_its_own_alone(home: Home) -> None:
    state = look(home, authority="E1")
    assert state.figures is not None
    assert {code for code, _, _ in state.figures.by_status} == {"E1"}
    assert (state.deliveries, state.certificates, state.figures.rules) == (
        {"loaded_with_rejects": 1},
        {"standing": 1},
        {"PASS": 1, "FAIL": 1},
    )


def test_prometheus_reads_it(home: Home) -> None:
    found = scraped(look(home))
    assert found["countermark_publication_age_seconds",] == 3600
    assert found["countermark_publication_timestamp_seconds",] == (NOW - timedelta(hours=1)).timestamp()
    assert found["countermark_figures", "E1", "PP1", "certified"] == 1
    assert found["countermark_checks", "signed", "FAIL"] == 2
    assert found["countermark_rules", "ERROR"] == 0
    assert found["countermark_certificates", "lapsed"] == 1 and found["countermark_alerts", "lapsed"] == 1
    assert (
        found["countermark_chain_whole",] == found["countermark_well",] == found["countermark_publication_fresh",] == 1
    )
    assert not [name for name, *_ in found if name.startswith(("python_", "process_"))], "nothing of the process"


def test_planted_faults_that_were_not_found_make_it_unwell(home: Home) -> None:
    con = duckdb.connect(str(home.published / "000001-abc.duckdb"))
    con.execute(f"create table facts.controls ({CONTROLS})")
    rows = [("E1", "PASS", ""), ("E2", "PASS", ""), ("E2", "ERROR", "it could not be tried")]
    con.executemany(
        "insert into facts.controls values (?, ?, 'TEAM', 'reason', ?, ?)",
        [(code, AS_AT, *rest) for code, *rest in rows],
    )
    con.close()
    state = look(home)
    [alert] = [alert for alert in state.alerts if alert.kind == "error"]
    assert (alert.authority, alert.urgent, state.is_well) == ("E2", True, False)
    assert "(E2) the checks did not find every fault" in alert.says and "it could not be tried" in alert.says
    assert state.figures is not None and {code: one.holds for code, one in state.figures.tried.items()} == {
        "E1": True,
        "E2": False,
    }
    found = scraped(state)
    assert (
        found["countermark_planted_faults", "E2", "planted"] == 2
        and found["countermark_planted_faults", "E2", "not found"] == 1
    )


def test_an_empty_home_has_metrics_too(tmp_path: Path) -> None:
    state = look(Home.open(tmp_path / "empty"))
    assert (state.publication, state.age, state.figures, state.is_well) == (None, None, None, False)
    found = scraped(state)
    assert found["countermark_well",] == found["countermark_publication_fresh",] == 0
    assert found["countermark_alerts", "not published"] == 1


def test_it_grows_unwell_with_age(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(home, NOW + timedelta(days=7)).is_well
    assert not look(home, NOW + timedelta(days=9)).is_well
    monkeypatch.setenv("COUNTERMARK_PUBLISHED_WITHIN_HOURS", "0.5")
    state = look(home)
    assert not state.is_well and scraped(state)["countermark_publication_fresh",] == 0


def test_it_grows_unwell_when_a_run_failed(home: Home) -> None:
    (home.dagster / "history").mkdir()
    connection = sqlite3.connect(home.dagster / "history" / "runs.db")
    connection.execute(
        "create table runs (run_id text, pipeline_name text, status text, start_time float, end_time float)"
    )
    connection.execute(
        "insert into runs values ('r1', 'everything', 'FAILURE', ?, ?)", [NOW.timestamp() - 60, NOW.timestamp() - 30]
    )
    connection.commit()
    connection.close()
    state = look(home)
    assert not state.is_well and scraped(state)["countermark_recent_runs", "failed"] == 1


def test_a_chain_changed_by_hand_is_seen_at_the_next_walk(home: Home) -> None:
    assert look(home).is_well
    connection = sqlite3.connect(home.path / "ledger.db")
    for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        connection.execute(f'drop trigger "{name}"')
    connection.execute("update receipts set rows_in = rows_in + 1, rows_loaded = rows_loaded + 1")
    connection.commit()
    connection.close()
    assert look(home, NOW + timedelta(minutes=1)).chain.broken_at is None, "walked a minute ago"
    state = look(home, NOW + VERIFIED_FOR + timedelta(minutes=1))
    assert state.chain.broken_at == 1 and not state.is_well
    assert scraped(state)["countermark_chain_whole",] == 0


def test_the_chain_is_not_walked_at_each_look(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    walks = []
    with Ledger.open(home.ledger_url) as ledger:
        walk = ledger.verify
        monkeypatch.setattr(ledger, "verify", lambda: walks.append(1) or walk())
        health_module._chains.clear()
        for minutes in (0, 1, 5, 11):
            health(home, ledger, NOW + timedelta(minutes=minutes))
    assert len(walks) == 2


def test_no_child_no_worker_no_team_and_no_file_is_in_it(home: Home) -> None:
    text = exposition(look(home)).decode()
    assert "PP1" in text
    assert not [word for word in (*CANARY.split(), "xlsx") if word in text]
    assert not [alert for alert in look(home).alerts if any(word in alert.says for word in CANARY.split())]
