"""What people write at the desk: comments, assignments, commentary, actions, figures given out, accounts. One shape for all.

A note is about a subject (a difference, a figure, a child's pseudonym, an account) and of a kind. Its versions are kept;
the newest one of a subject and kind stands. What each kind's body holds is said where the kind is used.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from countermark.ledger.append import Chained
from countermark.ledger.chain import canonical
from countermark.ledger.engine import writing
from countermark.ledger.people import person_key
from countermark.ledger.records import LedgerConflict, LedgerError, moment, stamp
from countermark.ledger.tables import notes


@dataclass(frozen=True)
class Note:
    """One version of a note. `seq`, `version` and `at` are set on storing; `body` is plain JSON."""

    authority: str
    kind: str
    subject: str
    body: Mapping[str, Any]
    by: str
    version: int = 0
    seq: int = 0
    at: datetime | None = None


class Notes(Chained):
    """The part of the ledger that keeps what people wrote, and who looked at what."""

    def note(self, new: Sequence[Note], expected_version: int | Mapping[str, int] | None = None) -> list[Note]:
        """Store notes, all or none; returns them with seq, version and moment.

        `expected_version` (one for all, or by subject) is the version that the writer saw, 0 for none: LedgerConflict
        where somebody has written another since. LedgerError without a name.
        """
        if any(not person_key(one.by) for one in new):
            raise LedgerError("A name is needed: who writes this?")
        if not new:
            return []
        with writing(self.engine) as connection:
            seq, at, stored = self._next(connection, notes), self.clock(), list[Note]()
            for one in new:
                version = _version(connection, one) + sum(_same(one, other) for other in stored)
                seen = expected_version.get(one.subject) if isinstance(expected_version, Mapping) else expected_version
                if seen is not None and seen != version:
                    raise LedgerConflict("Somebody else has changed this in the meantime: look at it again.")
                stored.append(replace(one, version=version + 1, seq=seq + len(stored), at=at))
            says = [[one.kind, one.version] for one in stored]
            by = "; ".join(dict.fromkeys(one.by for one in stored))
            self._append(connection, "note", {notes: [note_row(one) for one in stored]}, by=by, notes=says)
        return stored

    def notes(
        self,
        kind: str,
        subject: str | Collection[str] | None = None,
        newest: bool = True,
        known_at: datetime | None = None,
        after: int = 0,
    ) -> list[Note]:
        """Notes of a kind, oldest first: the newest version of each subject, or (`newest` false) every version.

        `subject` is one or several; `after` leaves out what was stored up to that seq, for whoever has read it before.
        """
        wanted = select(notes).where(notes.c.kind == kind).order_by(notes.c.seq)
        if subject is not None:
            wanted = wanted.where(notes.c.subject.in_([subject] if isinstance(subject, str) else list(subject)))
        if after:
            wanted = wanted.where(notes.c.seq > after)
        if known_at:
            wanted = wanted.where(notes.c.at <= stamp(known_at))
        with self.engine.connect() as connection:
            found = [_note(row) for row in connection.execute(wanted).mappings()]
        return list({(one.authority, one.subject): one for one in found}.values()) if newest else found

    def viewed(self, by: str, what: str, **says: Any) -> None:
        """Note in the chain that `by` looked at something or took it away. `says` names pseudonyms and tables, no child."""
        with writing(self.engine) as connection:
            self._append(connection, "view", {}, by=by, what=what, **says)


def _version(connection: Connection, one: Note) -> int:
    c = notes.c
    wanted = select(func.coalesce(func.max(c.version), 0))
    return int(
        connection.execute(
            wanted.where(c.authority == one.authority, c.kind == one.kind, c.subject == one.subject)
        ).scalar_one()
    )


def _same(one: Note, other: Note) -> bool:
    return (one.authority, one.kind, one.subject) == (other.authority, other.kind, other.subject)


def note_row(one: Note) -> dict[str, Any]:
    """A note as its table holds it, but for what the chain adds."""
    return {
        "seq": one.seq, "authority": one.authority, "kind": one.kind, "subject": one.subject, "version": one.version,
        "body": canonical(dict(one.body)), "by": one.by, "at": stamp(one.at) if one.at else "",
    }  # fmt: skip


def _note(row: Any) -> Note:
    return Note(
        row["authority"], row["kind"], row["subject"], json.loads(row["body"]), row["by"], row["version"], row["seq"],
        moment(row["at"]),
    )  # fmt: skip
