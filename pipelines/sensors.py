"""The drop folder: a run where files have come and have stopped growing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import dagster as dg

from assets.steps import HomeResource, Workplace
from pipelines.jobs import everything
from pipelines.partitions import AUTHORITIES, key
from pipelines.schedules import local_day


def look(inbox: Path) -> str:
    """A fingerprint of what lies in the folder: names, sizes and times. Empty for an empty folder."""
    entries = []
    for path in sorted(inbox.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith(("~$", ".")):
            facts = path.stat()
            entries.append(f"{path.relative_to(inbox)}|{facts.st_size}|{facts.st_mtime_ns}")
    return sha256("\n".join(entries).encode()).hexdigest() if entries else ""


def authority_of(place: Workplace, inbox: Path) -> str:
    """The authority of files that name none; LOCAL where the home knows none."""
    from countermark.warehouse.directions import read_directions
    from countermark.warehouse.inbox import scan

    with place.ledger() as ledger:
        return read_directions(scan(inbox).directions, place.home, ledger, place.authority).default


@dg.sensor(job=everything, minimum_interval_seconds=30)
def drop_folder(context: dg.SensorEvaluationContext, home: HomeResource) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """A run when the folder differs from the one last run on and is the same at two looks in a row: nothing is still growing."""
    place = home.open()
    if place.inbox is None or not place.inbox.is_dir():
        yield dg.SkipReason("No drop folder: name one in COUNTERMARK_INBOX.")
        return
    seen = look(place.inbox)
    before = json.loads(context.cursor) if context.cursor else {"seen": "", "ran": ""}
    settled = bool(seen) and seen == before["seen"] and seen != before["ran"]
    context.update_cursor(json.dumps({"seen": seen, "ran": seen if settled else before["ran"]}))
    if not settled:
        yield dg.SkipReason("Nothing new, or files are still coming.")
        return
    authority = authority_of(place, place.inbox)
    if not authority:
        yield dg.SkipReason("Several authorities are known and none is named for the drop folder.")
        return
    context.instance.add_dynamic_partitions(AUTHORITIES, [authority])
    yesterday = local_day(datetime.now(UTC)) - timedelta(days=1)
    yield dg.RunRequest(run_key=f"drop {seen}", partition_key=key(authority, yesterday))
