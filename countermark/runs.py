"""The runs that the home's history knows: when, which job, how they ended. Read from the orchestrator's own file, which may be missing.

Reading only, and of a few columns: no text that a run wrote is read. Where the history is kept elsewhere nothing is known here.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from countermark.home import Home

JOB = "everything"
OUTCOMES = {
    "SUCCESS": "succeeded",
    "FAILURE": "failed",
    "CANCELED": "cancelled",
    "STARTED": "running",
    "STARTING": "running",
}
NEWEST = """
select run_id, status, start_time, end_time from runs where pipeline_name = ? and start_time is not null
order by start_time desc limit ?
"""


@dataclass(frozen=True)
class Run:
    """One run of the pipeline. `outcome` is succeeded, failed, cancelled or running; `ended_at` is None while it runs."""

    run_id: str
    outcome: str
    started_at: datetime
    ended_at: datetime | None


def runs(home: Home, most: int = 20) -> list[Run] | None:
    """The newest runs of the pipeline, newest first; None where the home has no history that can be read."""
    path = home.dagster / "history" / "runs.db"
    if not path.is_file():
        return None
    try:
        connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            rows = connection.execute(NEWEST, [JOB, most]).fetchall()
        finally:
            connection.close()
    except sqlite3.Error:
        return None
    return [
        Run(str(run_id), OUTCOMES.get(str(status), "running"), _moment(start), _moment(end) if end else None)
        for run_id, status, start, end in rows
    ]


def failed_last(known: list[Run] | None) -> list[Run]:
    """The runs that failed since one last succeeded, newest first."""
    found = []
    for run in known or []:
        if run.outcome == "succeeded":
            break
        found += [run] if run.outcome == "failed" else []
    return found


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
