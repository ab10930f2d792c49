"""The Dagster instance of a home: runs and schedules, history only. One run at a time; telemetry off."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from countermark.home import Home

SETTINGS = """# written by countermark: one run at a time, nothing reported to anybody, nothing that a process prints is kept
telemetry:
  enabled: false
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: 1
# a run whose process was killed looks as if it went on, and would keep all others waiting
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  max_runtime_seconds: 21600
nux:
  enabled: false
compute_logs:
  module: dagster.core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
EVENTS = "history/runs"  # where Dagster keeps them unless told
BY_HAND = {"countermark/started": "on the command line"}


def quiet_everything() -> None:
    """Switch the telemetry of every part off, for this process and its children."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"


def prepare(home: Home) -> None:
    """Write the instance's settings where they are missing. They have to be there before Dagster starts: it reads them first."""
    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        draft = settings.with_suffix(f".{os.getpid()}")
        draft.write_text(SETTINGS, encoding="utf-8")
        draft.replace(settings)


def close_killed(opened: dg.DagsterInstance) -> None:
    """Mark runs of the command line that were killed as failed. To be called under the home's lock: none of them is alive then."""
    for run in opened.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED], tags=BY_HAND)):
        opened.report_run_failed(run, "The process was ended before the run was.")


@contextmanager
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The instance that `dagster dev` shows too when DAGSTER_HOME is the home's dagster folder."""
    prepare(home)
    quick = {"module": "pipelines.history", "class": "QuickHistory", "config": {"base_dir": str(home.dagster / EVENTS)}}
    with _quick_files(home), dg.DagsterInstance.from_ref(_ref(home, quick)) as opened:
        yield opened


def _ref(home: Home, events: dict[str, Any]) -> Any:
    """Where the instance lies, with its settings; its history is Dagster's own, written by way of `events`."""
    from dagster._core.instance.ref import InstanceRef

    return InstanceRef.from_dir(str(home.dagster), overrides={"event_log_storage": events})


@contextmanager
def _quick_files(home: Home) -> Iterator[None]:
    """Spare Dagster's history the waiting for the disk.

    A run opens and closes SQLite files some 900 times; each time the last connection to a file closes, SQLite copies its log into the
    file and waits for the disk. One connection held open to each file spares that, and commits do not wait (`synchronous = normal`:
    a power cut may cost the newest history and damages nothing). The ledger lies elsewhere and always waits.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    held: dict[str, sqlite3.Connection] = {}
    folder = home.dagster.resolve()

    def on_connect(connection: sqlite3.Connection, _: object) -> None:
        path = connection.execute("pragma database_list").fetchall()[0][2]
        if not Path(path).is_relative_to(folder) or connection.execute("pragma journal_mode").fetchone() != ("wal",):
            return
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma wal_autocheckpoint = 100")  # pages: the log stays below half a megabyte
        if path not in held:
            held[path] = sqlite3.connect(path, check_same_thread=False)
            held[path].execute("select count(*) from sqlite_master").fetchall()

    event.listen(Engine, "connect", on_connect)
    try:
        yield
    finally:
        event.remove(Engine, "connect", on_connect)
        for connection in held.values():
            connection.close()
