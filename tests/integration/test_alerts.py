"""Holds to account: somebody hears of it when a run failed or nothing was published in time; the message holds no value, the hook is really
called, Apprise really sends, an address with a password is in no log, and a message that nobody takes is itself heard of and told again."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import dagster as dg
import pytest
from typer.testing import CliRunner

from assets.publication import PUBLISHED
from countermark.alerts import limits
from countermark.ledger.store import Ledger
from pipelines import alerts, telling
from pipelines.command_line import app
from pipelines.instance import instance
from tests.dagster_kit import Place, worked_place

SECRET = "hunter2-of-the-webhook"


@pytest.fixture(autouse=True)
def nobody_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (telling.COMMAND, telling.URLS, limits.PUBLISHED_WITHIN, limits.EVERY, limits.WEB):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hook that writes down what came on its standard input."""
    script, told = tmp_path / "a hook.py", tmp_path / "told.txt"
    script.write_text(f"import sys\nopen({str(told)!r}, 'a').write(sys.stdin.read() + '\\n')\n")
    monkeypatch.setenv(telling.COMMAND, f"'{sys.executable}' '{script}'")
    return told


class Post(BaseHTTPRequestHandler):
    """Keeps what is posted; refuses while `refusing`."""

    posted: ClassVar[list[dict[str, Any]]] = []
    refusing = False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not Post.refusing:
            Post.posted.append(json.loads(body))
        self.send_response(503 if Post.refusing else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Silent."""


@pytest.fixture
def webhook() -> Iterator[str]:
    """The address of a target that Apprise posts to, with a password in it."""
    Post.posted, Post.refusing = [], False
    server = HTTPServer(("127.0.0.1", 0), Post)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://user:{SECRET}@127.0.0.1:{server.server_port}/{SECRET}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A home in which nothing was published yet."""
    return worked_place(tmp_path)


def publish(place: Place, at: datetime) -> None:
    """A publication in the ledger."""
    with Ledger.open(place.home.ledger_url) as ledger:
        ledger.add_revision("000001-abc.duckdb", "abc", [], "scheduled", {"figures": 0, "conclusions": 0}, at, 1)


def glance(place: Place) -> None:
    """The same look without Dagster around it."""
    telling.look(place.home, tell=True)


def look(place: Place) -> None:
    """The watch as its job runs it."""
    with instance(place.home) as opened:
        done = alerts.alerts_digest.execute_in_process(instance=opened, resources={"home": place.resource})
    assert done.success


def test_tells_that_nothing_was_ever_published_and_once_only(place: Place, heard: Path) -> None:
    look(place)
    said = "countermark: 1 new alert, 1 standing.\n- Nothing has ever been published in this home.\n"
    assert heard.read_text() == said
    look(place)
    assert heard.read_text() == said


def test_tells_of_an_old_publication_and_is_silent_after_a_new_one(
    place: Place, heard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(place, datetime.now(UTC) - timedelta(hours=30))
    look(place)
    assert not heard.exists(), "a week and a day are allowed where nobody says otherwise"
    monkeypatch.setenv(limits.PUBLISHED_WITHIN, "24")
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
    monkeypatch.setenv(limits.PUBLISHED_WITHIN, "a week")
    publish(place, datetime.now(UTC) - timedelta(hours=limits.DEFAULT_HOURS + 1))
    glance(place)
    assert "getting old" in heard.read_text()
    assert limits.PUBLISHED_WITHIN in caplog.text


@pytest.mark.parametrize(
    "command", ["", "/nowhere/hook", "'unbalanced", f"'{sys.executable}' -c 'raise SystemExit(3)'"]
)
def test_a_message_that_nobody_takes_is_logged(
    command: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(telling.COMMAND, command)
    with caplog.at_level(logging.ERROR, "countermark.alerts"):
        assert not telling.send("countermark: something to be told")
    assert "something to be told" in caplog.text


def test_the_message_is_no_shell(heard: Path) -> None:
    """It goes in by standard input, whatever stands in it."""
    assert telling.send("$(touch x); `id` | cat")
    assert heard.read_text() == "$(touch x); `id` | cat\n"


def test_apprise_sends_to_targets_of_the_environment_and_of_the_home(
    place: Place, webhook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(telling.URLS, webhook)
    (place.home.path / telling.FILE).write_text(f"# the team's channel\n{webhook}second\n\n")
    glance(place)
    assert [post["message"] for post in Post.posted] == [
        "countermark: 1 new alert, 1 standing.\n- Nothing has ever been published in this home."
    ] * 2
    assert {post["title"] for post in Post.posted} == {"countermark"}


def test_no_address_is_in_any_log_or_in_the_home(
    place: Place, webhook: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    odd = [f"nosuch://{SECRET}@h", f"json://{SECRET}@127.0.0.1:1/{SECRET}", SECRET]
    with caplog.at_level(logging.DEBUG):
        for addresses in ([webhook], odd):
            monkeypatch.setenv(telling.URLS, " ".join(addresses))
            assert telling.send("something", place.home) == (addresses == [webhook])
        Post.refusing = True
        monkeypatch.setenv(telling.URLS, webhook)
        assert not telling.send("something", place.home)
        glance(place)
    assert "Alert target 3 did not take a message" in caplog.text
    assert SECRET not in caplog.text
    kept = [path for path in place.home.path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert kept == []


def test_what_no_target_took_is_told_again(
    place: Place, webhook: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(telling.URLS, webhook)
    Post.refusing = True
    glance(place)
    assert Post.posted == [] and "Nothing has ever been published" in caplog.text, "in the log at least"
    Post.refusing = False
    glance(place)
    glance(place)
    assert len(Post.posted) == 1


def test_without_any_target_the_log_is_told_once(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    glance(place)
    glance(place)
    assert sum("Nothing has ever been published" in record.getMessage() for record in caplog.records) == 1


def a_failed_run(opened: dg.DagsterInstance) -> dg.RunFailureSensorContext:
    """A run that failed over a child, as the sensor is told of it."""

    @dg.op
    def breaks() -> None:
        raise ValueError("Zephyrine Quux")

    @dg.job
    def a_job() -> None:
        breaks()

    failed = a_job.execute_in_process(instance=opened, raise_on_error=False)
    assert not failed.success
    event = next(event for event in failed.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE)
    return dg.build_run_status_sensor_context("run_failed", event, opened, failed.dagster_run).for_run_failure()


def test_a_failed_run_is_told_at_once_and_without_what_it_failed_on(
    place: Place, heard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERMARK_HOME", str(place.home.path))
    publish(place, datetime.now(UTC))
    with instance(place.home) as opened:
        for _ in range(2):
            context = a_failed_run(opened)
            alerts.run_failed(context)
            told = heard.read_text()
            assert context.dagster_run.run_id in told and "a_job" in told and "the last publication stands" in told
    assert told.count("1 new alert") == 2, "no interval keeps a failed run back"
    assert "Zephyrine" not in told


def test_a_failed_run_is_told_where_the_ledger_itself_is_broken(
    place: Place, heard: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("COUNTERMARK_HOME", str(place.home.path))
    (place.home.path / "ledger.db").write_bytes(b"no ledger" * 1000)
    with instance(place.home) as opened:
        alerts.run_failed(a_failed_run(opened))
    assert "a_job failed; the last publication stands" in heard.read_text()
    assert "could not be looked at: LedgerError" in caplog.text


def test_the_command_says_what_stands_and_tells_it_when_asked(place: Place, heard: Path) -> None:
    arguments = ["alerts", "--home", str(place.home.path)]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 0 and "new   Nothing has ever been published" in first.output and not heard.exists()
    assert CliRunner().invoke(app, [*arguments, "--send"]).exit_code == 0
    assert "Nothing has ever been published" in heard.read_text()
    again = CliRunner().invoke(app, [*arguments, "--send"])
    assert again.exit_code == 0 and "1 alert stands, 0 new" in again.output
    assert heard.read_text().count("countermark:") == 1


def test_the_command_says_that_nobody_is_named_to_be_told(place: Place) -> None:
    done = CliRunner().invoke(app, ["alerts", "--send", "--home", str(place.home.path)])
    assert done.exit_code == 1 and "Nobody is named to be told" in done.output
