"""The drop folder: a run where files have come and have stopped growing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import dagster as dg

from assets.steps import HomeResource
from pipelines.authorities import Wanted, authorities_of
from pipelines.jobs import everything
from pipelines.partitions import AUTHORITIES, key
from pipelines.schedules import local_day


def look(inbox: Path) -> str:
    """A fingerprint of what lies in the folder: names, sizes and times. Empty for an empty folder."""
    from countermark.warehouse.inbox import entries

    found = [f"{entry.name}|{entry.size}|{entry.changed}" for entry in entries(inbox)]
    return sha256("\n".join(found).encode()).hexdigest() if found else ""


@dg.sensor(job=everything, minimum_interval_seconds=30)
def drop_folder(context: dg.SensorEvaluationContext, home: HomeResource) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """A run when the folder differs from the one last run on and is the same at two looks in a row: nothing is still growing.

    The position is that of yesterday, for the authorities that `countermark run` would take.
    """
    place = home.open()
    if place.inbox is None or not place.inbox.is_dir():
        yield dg.SkipReason("No drop folder: name one in COUNTERMARK_INBOX.")
        return
    try:
        seen = look(place.inbox)
        before = json.loads(context.cursor) if context.cursor else {"seen": "", "ran": ""}
        settled = bool(seen) and seen == before["seen"] and seen != before["ran"]
        wanted = authorities_of(place.home, place.inbox, place.authority) if settled else Wanted(())
    except OSError:  # its text names a file
        yield dg.SkipReason(
            "The drop folder changed while it was looked at, or cannot be read. The next look tries again."
        )
        return
    context.update_cursor(json.dumps({"seen": seen, "ran": seen if settled and not wanted.refusal else before["ran"]}))
    if not settled or wanted.refusal:
        yield dg.SkipReason(wanted.refusal or "Nothing new, or files are still coming.")
        return
    context.instance.add_dynamic_partitions(AUTHORITIES, list(wanted.authorities))
    yesterday = local_day(datetime.now(UTC)) - timedelta(days=1)
    for authority in wanted.authorities:
        yield dg.RunRequest(run_key=f"drop {seen} {authority}", partition_key=key(authority, yesterday))
