"""Who has which item of the worklist: a person, or a team until somebody in it takes it. Note kind `assignment`, subject the item's id; the
newest version stands, with no name nobody has it.

An item's id is a keyed pseudonym; nothing here names a child.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from countermark.contracts.authority import parse_authority
from countermark.desk.accounts import everybody
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerConflict, LedgerError
from countermark.ledger.store import Ledger

KIND = "assignment"
MAY_HOLD = ("officer", "team_manager")


@dataclass(frozen=True)
class Assignment:
    """Who has an item (`holder` empty: nobody), since when, and who gave it."""

    item_id: str
    holder: str
    by: str
    at: datetime | None
    version: int


def people(ledger: Ledger, authority: str) -> list[str]:
    """The names of those who can be given an item: officers and team managers with an open account."""
    found = [one for one in everybody(ledger) if one.authority == authority and not one.disabled]
    return sorted({one.name for one in found if one.role in MAY_HOLD})


def teams(ledger: Ledger, authority: str) -> list[str]:
    """The names of the teams that can be given an item: those of authority.toml; its manager then sees it."""
    text = ledger.authority_text(authority)
    return sorted({one.name for one in parse_authority(text).teams}) if text else []


def assign(
    ledger: Ledger, authority: str, item_ids: Iterable[str], holder: str, by: str, expected_version: Mapping[str, int]
) -> tuple[list[Assignment], list[str]]:
    """Give items to `holder` (empty: to nobody). Returns what was stored, and the ids that somebody else gave on in the meantime.

    `expected_version` by item, 0 for one that nobody ever had. LedgerError for a holder who is neither a team
    nor a person with a desk.
    """
    if holder and holder not in people(ledger, authority) and holder not in teams(ledger, authority):
        raise LedgerError(
            "No team has that name, and nobody who has a desk here: choose a team, an officer or a team manager."
        )
    stored, refused = list[Assignment](), list[str]()
    for item_id in dict.fromkeys(item_ids):  # each on its own: one that has moved on does not hold up the others
        note = Note(authority, KIND, item_id, {"to": holder}, by)
        try:
            stored += [_read(one) for one in ledger.note([note], expected_version.get(item_id, 0))]
        except LedgerConflict:
            refused.append(item_id)
    return stored, refused


def of_items(ledger: Ledger, authority: str, item_ids: Iterable[str]) -> dict[str, Assignment]:
    """Who has each of the items; an item that was never given is left out."""
    found = ledger.notes(KIND, subject=list(item_ids))
    return {one.subject: _read(one) for one in found if one.authority == authority}


class Holders:
    """Who has what, of one authority, kept in memory and brought up to date by reading only what is new. One for a process."""

    def __init__(self, authority: str) -> None:
        """For an authority; nothing is read yet."""
        self.authority = authority
        self._seen = 0
        self._held: dict[str, str] = {}
        self._lock = threading.Lock()

    def now(self, ledger: Ledger) -> dict[str, str]:
        """Item to holder, as the ledger has it now."""
        with self._lock:
            for note in ledger.notes(KIND, after=self._seen):
                self._seen = max(self._seen, note.seq)
                if note.authority != self.authority:
                    continue
                self._held.pop(note.subject, None)
                if note.body["to"]:
                    self._held[note.subject] = str(note.body["to"])
            return dict(self._held)


def _read(note: Note) -> Assignment:
    return Assignment(note.subject, str(note.body["to"]), note.by, note.at, note.version)
