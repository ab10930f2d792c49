"""Alerts as Dagster runs them: a digest each weekday morning of what stands and is new, and a failed run at once.

What stands is asked in countermark.alerts; who is told and how lies in `telling`. No message holds a value of any row.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from assets.publication import PUBLISHED
from assets.steps import HomeResource
from countermark.alerts.standing import RUN_FAILED, Alert
from countermark.home import Home
from pipelines.schedules import ZONE
from pipelines.telling import log, look, send


@dg.op
def tell_what_is_new(context: dg.OpExecutionContext, home: HomeResource) -> None:
    """Send what is new among the alerts that stand. A publication that a run found unchanged counts as made then."""
    run = context.instance.get_latest_materialization_event(PUBLISHED)
    confirmed = datetime.fromtimestamp(run.timestamp, UTC) if run else None
    said = look(home.open().home, confirmed, tell=True)
    context.log.info(
        f"{len(said.standing)} alerts stand, {len(said.new)} told, {said.held_back} held back for the next digest."
    )


@dg.job
def alerts_digest() -> None:
    """One message with what is new: runs that failed, nothing published in time, checks in error, certificates lapsed."""
    tell_what_is_new()


@dg.schedule(job=alerts_digest, cron_schedule="0 9 * * 1-5", execution_timezone=ZONE)
def watch_publication(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Every weekday at nine."""
    yield dg.RunRequest()


@dg.run_failure_sensor(description="Tells at once that a run failed.")
def run_failed(context: dg.RunFailureSensorContext) -> None:
    """A run failed: the last publication stands, and somebody has to look. Told even where the ledger cannot be opened."""
    run = context.dagster_run
    says = f"The run {run.run_id} of {run.job_name} failed; the last publication stands."
    home = Home.open()
    try:
        look(home, also=[Alert(f"{RUN_FAILED} {run.run_id}", RUN_FAILED, says, urgent=True)], tell=True)
    except Exception as error:  # whatever it is that made the run fail may stand in the way here too
        log.error("The alerts of the home could not be looked at: %s", type(error).__name__)
        send(f"countermark: {says}", home)
