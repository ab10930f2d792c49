"""Holds to account: somebody hears of it when a run failed or nothing was published in time; the message holds no value, the hook is really
called, and a hook that does not take the message is itself heard of."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.publication import PUBLISHED
from countermark.ledger.store import Ledger
from pipelines import alerts
from pipelines.instance import instance
from tests.dagster_kit import Place, worked_place

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hook that writes down what came on its standard input."""
    script, told = tmp_path / "a hook.py", tmp_path / "told.txt"
    script.write_text(f"import sys\nopen({str(told)!r}, 'a').write(sys.stdin.read() + '\\n')\n")
    monkeypatch.setenv(alerts.COMMAND, f"'{sys.executable}' '{script}'")
    return told


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A home in which nothing was published yet."""
    return worked_place(tmp_path)


def publish(place: Place, at: datetime) -> None:
    """A publication in the ledger."""
    with Ledger.open(place.home.ledger_url) as ledger:
        ledger.add_revision("000001-abc.duckdb", "abc", [], "scheduled", {"figures": 0, "conclusions": 0}, at, 1)


def look(place: Place) -> None:
    """The watch as its job runs it."""
    with instance(place.home) as opened:
        done = alerts.nothing_published.execute_in_process(instance=opened, resources={"home": place.resource})
    assert done.success


@pytest.mark.parametrize(
    ("hours_ago", "limit", "says"),
    [(0, 24, ""), (24, 24, ""), (24.1, 24, "since 20 November 2026 08:54 UTC"), (500, 192, "since"), (1, 0.5, "since")],
)
def test_overdue_is_older_than_the_limit(hours_ago: float, limit: float, says: str) -> None:
    said = alerts.overdue(NOW - timedelta(hours=hours_ago), NOW, limit)
    assert (says in said) if says else not said


def test_tells_that_nothing_was_ever_published(place: Place, heard: Path) -> None:
    look(place)
    assert heard.read_text() == "countermark: nothing has ever been published in this home.\n"


def test_tells_of_an_old_publication_and_is_silent_after_a_new_one(
    place: Place, heard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(place, datetime.now(UTC) - timedelta(hours=30))
    look(place)
    assert not heard.exists(), "a week and a day are allowed where nobody says otherwise"
    monkeypatch.setenv(alerts.LIMIT, "24")
    look(place)
    assert "the figures are getting old" in heard.read_text()


def test_a_run_that_found_nothing_new_counts_as_looked_after(
    place: Place, heard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal content makes no new revision; the publication was confirmed all the same."""
    publish(place, datetime.now(UTC) - timedelta(days=30))
    with instance(place.home) as opened:
        opened.report_runless_asset_event(dg.AssetMaterialization(PUBLISHED))
    look(place)
    assert not heard.exists()


def test_a_limit_that_is_no_number_is_named_and_ours_taken(
    place: Place, heard: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(alerts.LIMIT, "a week")
    publish(place, datetime.now(UTC) - timedelta(hours=alerts.DEFAULT_HOURS + 1))
    look(place)
    assert "getting old" in heard.read_text()
    assert alerts.LIMIT in caplog.text


@pytest.mark.parametrize(
    "command", ["", "/nowhere/hook", "'unbalanced", f"'{sys.executable}' -c 'raise SystemExit(3)'"]
)
def test_a_message_that_nobody_takes_is_logged(
    command: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(alerts.COMMAND, command)
    with caplog.at_level(logging.ERROR, "countermark.alerts"):
        assert not alerts.send("countermark: something to be told")
    assert "something to be told" in caplog.text


def test_the_message_is_no_shell(heard: Path) -> None:
    """It goes in by standard input, whatever stands in it."""
    assert alerts.send("$(touch x); `id` | cat")
    assert heard.read_text() == "$(touch x); `id` | cat\n"


def test_a_failed_run_is_told_without_what_it_failed_on(place: Place, heard: Path) -> None:
    @dg.op
    def breaks() -> None:
        raise ValueError("Zephyrine Quux")

    @dg.job
    def a_job() -> None:
        breaks()

    with instance(place.home) as opened:
        failed = a_job.execute_in_process(instance=opened, raise_on_error=False)
        assert not failed.success
        event = next(event for event in failed.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE)
        context = dg.build_run_status_sensor_context("run_failed", event, opened, failed.dagster_run).for_run_failure()
        alerts.run_failed(context)
    told = heard.read_text()
    assert failed.run_id in told and "a_job" in told and "the last publication stands" in told
    assert "Zephyrine" not in told
