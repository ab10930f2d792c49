"""The Dagster instance of a home: runs and schedules, history only. One run at a time; telemetry off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from countermark.home import Home

SETTINGS = """# written by countermark: one run at a time, nothing reported to anybody
telemetry:
  enabled: false
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: 1
"""


def quiet_everything() -> None:
    """Switch the telemetry of every part off, for this process and its children."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"


def prepare(home: Home) -> None:
    """Write the instance's settings where they are missing."""
    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        settings.write_text(SETTINGS, encoding="utf-8")


@contextmanager
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The instance that `dagster dev` shows too when DAGSTER_HOME is the home's dagster folder."""
    prepare(home)
    with dg.DagsterInstance.from_config(str(home.dagster)) as opened:
        yield opened
