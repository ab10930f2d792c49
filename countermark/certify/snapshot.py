"""Snapshot files: writing a new one whole, making it current, finding the one that stood at a moment.

A snapshot is never changed once it is current. The pointer is a small file that is replaced; an old reader keeps its file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import duckdb

from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import UNFINISHED, quiet

SEALED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "lock_configuration": "true",
}


class NothingPublishedError(LookupError):
    """No snapshot stands (yet, or at the moment asked for). The text says what to do."""


def current(home: Home) -> Path | None:
    """The current snapshot's file, None where nothing has been published."""
    if not home.pointer.is_file():
        return None
    path = home.published / str(json.loads(home.pointer.read_text(encoding="utf-8"))["snapshot"])
    return path if path.is_file() else None


def find(home: Home, ledger: Ledger | None = None, known_at: datetime | None = None) -> Path:
    """The snapshot that stood at `known_at` (default: the current one). NothingPublishedError where there is none."""
    if known_at is None:
        path = current(home)
        if path is None:
            raise NothingPublishedError("Nothing has been published in this home yet: run `countermark run` first.")
        return path
    if ledger is None:
        raise ValueError("a past moment is looked up in the ledger")
    revision = ledger.revision_at(known_at)
    if revision is None:
        raise NothingPublishedError("Nothing had been published by that moment.")
    path = home.published / revision.snapshot
    if not path.is_file():
        raise NothingPublishedError(
            "The snapshot of that moment is no longer kept in this home: restore it from a backup."
        )
    return path


@contextmanager
def read(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A snapshot, open for reading: no external access, configuration locked."""
    with quiet("opening the published figures"):
        # as the connection's own settings, so that the same snapshot can be opened again while it is open
        con = duckdb.connect(str(path), read_only=True, config=SEALED)
    try:
        yield con
    finally:
        con.close()


def new_file(home: Home) -> Path:
    """A path for a snapshot being written; leftovers of crashed publications are removed."""
    for leftover in home.published.glob(f"{UNFINISHED}*"):
        leftover.unlink(missing_ok=True)
    return home.published / f"{UNFINISHED}{uuid4().hex}.duckdb"


def make_durable(path: Path) -> None:
    """Force a file, and its folder's entry for it, onto the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def point_at(home: Home, name: str) -> None:
    """Make the named snapshot the current one: the pointer is written beside and replaced in one step."""
    beside = home.published / f"{UNFINISHED}pointer"
    beside.write_text(json.dumps({"snapshot": name}), encoding="utf-8")
    make_durable(beside)
    beside.replace(home.pointer)
    _sync_folder(home.published)
