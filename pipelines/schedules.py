"""When figures are made without anybody asking: daily, weekly and monthly, in local time, never between one and two at night."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import dagster as dg

from assets.steps import HomeResource
from pipelines.jobs import everything
from pipelines.partitions import AUTHORITIES, key

ZONE = "Europe/London"


def _requests(
    context: dg.ScheduleEvaluationContext, home: HomeResource, as_at: date
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    with home.open().ledger() as ledger:
        authorities = ledger.authorities()
    if not authorities:
        yield dg.SkipReason("The home knows no authority yet: drop a delivery into the inbox first.")
        return
    context.instance.add_dynamic_partitions(AUTHORITIES, authorities)
    for authority in authorities:
        yield dg.RunRequest(run_key=f"{authority} {as_at}", partition_key=key(authority, as_at))


def local_day(moment: datetime) -> date:
    """The calendar day in England of a schedule's moment."""
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(ZONE)).date()


@dg.schedule(job=everything, cron_schedule="0 6 * * 1", execution_timezone=ZONE)
def weekly(context: dg.ScheduleEvaluationContext, home: HomeResource) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Mondays at six: the position at the end of Sunday."""
    yield from _requests(context, home, local_day(context.scheduled_execution_time) - timedelta(days=1))


@dg.schedule(job=everything, cron_schedule="0 6 * * 2-5", execution_timezone=ZONE)
def daily(context: dg.ScheduleEvaluationContext, home: HomeResource) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Tuesdays to Fridays at six: the position at the end of the day before, for whoever goes out today. Mondays are the weekly one's."""
    yield from _requests(context, home, local_day(context.scheduled_execution_time) - timedelta(days=1))


@dg.schedule(job=everything, cron_schedule="0 6 3 * *", execution_timezone=ZONE)
def monthly(context: dg.ScheduleEvaluationContext, home: HomeResource) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """The third of the month at six: the position at the end of the month before, when most extracts have come."""
    yield from _requests(context, home, local_day(context.scheduled_execution_time).replace(day=1) - timedelta(days=1))
