"""The Dagster instance of a home: runs and schedules, history only. One run at a time; telemetry off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
    with dg.DagsterInstance.from_config(str(home.dagster)) as opened:
        yield opened
