"""Telling somebody: a run failed, or nothing was published by a set time. The message holds no value of any row.

The hook is a command of the operator's own (COUNTERMARK_ALERT_COMMAND); the message comes on its standard input. Without one the
message goes to the log as an error.
"""

import logging
import os
import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from assets.publication import PUBLISHED
from assets.steps import HomeResource
from pipelines.schedules import ZONE

log = logging.getLogger("countermark.alerts")
COMMAND = "COUNTERMARK_ALERT_COMMAND"
LIMIT = "COUNTERMARK_PUBLISHED_WITHIN_HOURS"
DEFAULT_HOURS = 8 * 24  # a weekly schedule and a day


def send(message: str) -> bool:
    """Hand the message to the operator's command; True where it took it. Without a command, log it."""
    command = os.environ.get(COMMAND, "")
    if not command:
        log.error(message)
        return False
    try:
        # the operator's own command, split and not given to a shell
        done = subprocess.run(shlex.split(command), input=message.encode(), timeout=60, check=False)  # noqa: S603
        taken = done.returncode == 0
    except (OSError, ValueError, subprocess.TimeoutExpired):
        taken = False
    if not taken:
        log.error("%s (%s could not be run or did not take this message)", message, COMMAND)
    return taken


def hours_allowed() -> float:
    """How old the last publication may be: the operator's limit, ours where it is no number."""
    try:
        return float(os.environ.get(LIMIT, DEFAULT_HOURS))
    except ValueError:
        log.error("%s is no number; %s is taken.", LIMIT, DEFAULT_HOURS)
        return DEFAULT_HOURS


def overdue(last: datetime | None, now: datetime, hours: float) -> str:
    """What to tell where the last publication is older than `hours`; empty where it is not."""
    if last is None:
        return "countermark: nothing has ever been published in this home."
    if now - last <= timedelta(hours=hours):
        return ""
    return f"countermark: nothing has been published since {last:%d %B %Y %H:%M} UTC; the figures are getting old."


@dg.op
def tell_when_overdue(context: dg.OpExecutionContext, home: HomeResource) -> None:
    """Look at the last publication that the ledger knows, or the last run that found nothing new, and send an alert if it is old."""
    with home.open().ledger() as ledger:
        revision = ledger.revision_at()
    run = context.instance.get_latest_materialization_event(PUBLISHED)
    moments = [revision.published_at] if revision else []
    moments += [datetime.fromtimestamp(run.timestamp, UTC)] if run else []
    message = overdue(max(moments, default=None), datetime.now(UTC), hours_allowed())
    if message:
        context.log.warning(message)
        send(message)


@dg.job
def nothing_published() -> None:
    """Whether something was published in time."""
    tell_when_overdue()


@dg.schedule(job=nothing_published, cron_schedule="0 9 * * 1-5", execution_timezone=ZONE)
def watch_publication(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Every weekday at nine."""
    yield dg.RunRequest()


@dg.run_failure_sensor(description="Tells that a run failed.")
def run_failed(context: dg.RunFailureSensorContext) -> None:
    """A run failed: the last publication stands, and somebody has to look."""
    send(
        f"countermark: the run {context.dagster_run.run_id} of {context.dagster_run.job_name} failed; the last publication stands."
    )
