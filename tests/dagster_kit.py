"""What the tests of Dagster share: a home with a drop folder, and the job run in it from Dagster's side. Not a test itself."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import dagster as dg

from assets.steps import HomeResource
from countermark.home import Home
from countermark.ledger.records import Revision
from countermark.ledger.store import Ledger
from pipelines.definitions import build, defs
from pipelines.instance import instance
from pipelines.partitions import AUTHORITIES, key
from tests import worked

AUTHORITY = "E1"
REPOSITORY = defs.get_repository_def()
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Place:
    """A home and the folder it takes deliveries from."""

    home: Home
    inbox: Path

    @property
    def resource(self) -> HomeResource:
        """What the definitions would hand to a step."""
        return HomeResource(path=str(self.home.path), inbox=str(self.inbox))

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """The home's own instance."""
        with instance(self.home) as opened:
            opened.add_dynamic_partitions(AUTHORITIES, [AUTHORITY])
            yield opened

    def materialise(self, as_at: date, selection: Sequence[dg.AssetKey] | None = None) -> dg.ExecuteInProcessResult:
        """The job for one position, as Dagster's own side runs it."""
        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        told = {"COUNTERMARK_HOME": str(self.home.path), "COUNTERMARK_INBOX": str(self.inbox)}
        with self.instance() as opened, patch.dict(os.environ, told):
            return build().resolve_job_def("everything").execute_in_process(
                instance=opened, partition_key=key(AUTHORITY, as_at), run_config=QUIET, raise_on_error=False, asset_selection=selection
            )  # fmt: skip

    def revisions(self) -> list[Revision]:
        """What was published, oldest first."""
        with Ledger.open(self.home.ledger_url) as ledger:
            return ledger.revisions()

    def copy(self, to: Path) -> Place:
        """A place of one's own in the same state."""
        import shutil

        shutil.copytree(self.home.path, to)
        return Place(Home.open(to), self.inbox)


def worked_place(folder: Path) -> Place:
    """The worked figure's deliveries before an empty home."""
    return Place(Home.open(folder / "home"), worked.write_worked(folder / "inbox", second=True))


def stored(folder: Path, word: str) -> list[str]:
    """The files below `folder` in which a word stands, databases looked into with what they have not yet written out."""
    for path in folder.rglob("*.db"):
        sqlite3.connect(path).execute("pragma wal_checkpoint(truncate)")
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def steps_by_outcome(result: Any) -> dict[str, str]:
    """Step -> the last that was heard of it."""
    return {
        event.step_key: event.event_type_value for event in result.all_events if event.step_key and event.is_step_event
    }
