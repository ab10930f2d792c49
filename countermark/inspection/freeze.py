"""Freezing a publication: a named note in the ledger that keeps one snapshot for good. What is made from it lies beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from countermark.certify.snapshot import NothingPublishedError, find, read
from countermark.home import Home
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger

KIND = "freeze"


class InspectionError(LedgerError):
    """Lists cannot be made as asked. The text says why and what to do, and names no child."""


@dataclass(frozen=True)
class Freeze:
    """One frozen publication: which position of which snapshot, why, by whom. `name` is how people call it."""

    name: str
    authority: str
    as_at: date
    snapshot: str
    revision: int
    reason: str
    by: str
    at: datetime | None


def freeze(home: Home, ledger: Ledger, as_at: date, reason: str, by: str, authority: str | None = None) -> Freeze:
    """Freeze the position at `as_at` as it is published now. InspectionError without a reason or such a position."""
    if not reason.strip():
        raise InspectionError("A freeze needs a reason: say what it is for.")
    path = find(home)
    code = _authority(path, as_at, authority)
    revision = next((one for one in reversed(ledger.revisions()) if one.snapshot == path.name), None)
    if revision is None:
        raise InspectionError("The ledger knows no such publication: run `countermark run`, then freeze.")
    earlier = [one for one in freezes(ledger) if (one.authority, one.as_at) == (code, as_at)]
    name = f"{as_at.isoformat()}-{len(earlier) + 1}"
    body: dict[str, Any] = {
        "as_at": as_at.isoformat(), "snapshot": path.name, "revision": revision.seq, "reason": " ".join(reason.split()),
    }  # fmt: skip
    [stored] = ledger.note([Note(code, KIND, name, body, by)], expected_version=0)
    return _freeze(stored)


def freezes(ledger: Ledger) -> list[Freeze]:
    """All freezes, oldest first."""
    return [_freeze(note) for note in ledger.notes(KIND)]


def named(ledger: Ledger, name: str, authority: str | None = None) -> Freeze:
    """The freeze of that name. InspectionError where there is none, or one for each of several authorities."""
    found = [one for one in freezes(ledger) if one.name == name and authority in (None, one.authority)]
    if not found:
        known = ", ".join(one.name for one in freezes(ledger)[-5:])
        raise InspectionError(f"Nothing is frozen under that name.{f' The last ones: {known}.' if known else ''}")
    if len(found) > 1:
        raise InspectionError("Several authorities have a freeze of that name: say which with --authority.")
    return found[0]


def frozen_snapshots(ledger: Ledger) -> set[str]:
    """Names of the snapshot files that nobody may clear away."""
    return {one.snapshot for one in freezes(ledger)}


def file_of(home: Home, frozen: Freeze) -> Path:
    """The frozen snapshot's file. InspectionError where it is gone."""
    path = home.published / frozen.snapshot
    if not path.is_file():
        raise InspectionError("The frozen publication is no longer in this home: restore its file from a backup.")
    return path


def _freeze(note: Note) -> Freeze:
    said = note.body
    day, snapshot, revision = date.fromisoformat(str(said["as_at"])), str(said["snapshot"]), int(said["revision"])
    return Freeze(note.subject, note.authority, day, snapshot, revision, str(said["reason"]), note.by, note.at)


def _authority(path: Path, as_at: date, wanted: str | None) -> str:
    with read(path) as con:
        rows = con.execute("select distinct authority from main.metrics where as_at = ?", [as_at]).fetchall()
    known = sorted(str(row[0]) for row in rows)
    if wanted is None and len(known) > 1:
        raise InspectionError(f"Several authorities have figures for that date: {', '.join(known)}. Say which.")
    if not known or (wanted and wanted not in known):
        raise NothingPublishedError(f"No figures are published for {as_at}: run `countermark run` for that date first.")
    return wanted or known[0]
