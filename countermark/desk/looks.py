"""A manager's look at an overdue child: who looked, when, whether the child has been seen, and when somebody looks again.

Note kind `look`; the subject is measure and keyed pseudonym, so the ledger names no child. There is no free text: what is to be said of
a child belongs on the child's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.secrets import pseudonym
from countermark.ledger.store import Ledger

KIND = "look"
SEEN = {"yes": "Yes, seen", "no": "No, not seen yet", "not_needed": "Need not be seen any more"}
LATEST_NEXT = timedelta(days=92)  # a date farther off is no date to look again


@dataclass(frozen=True)
class Look:
    """One look. `version` counts the looks at this child for this measure."""

    child: str
    indicator_id: str
    team: str
    as_at: date
    looked_on: date
    child_seen: str
    next_on: date | None
    by: str
    at: datetime | None
    version: int


def problems(looked_on: date, child_seen: str, next_on: date | None, today: date) -> dict[str, str]:
    """What is wrong with a look, by field; empty where nothing is."""
    found: dict[str, str] = {}
    if looked_on > today:
        found["looked_on"] = "The day on which you looked cannot lie ahead"
    if child_seen not in SEEN:
        found["child_seen"] = "Say whether the child has been seen"
    if child_seen == "no" and next_on is None:
        found["next_on"] = "Say when you look again: the child has not been seen"
    if next_on is not None and not today <= next_on <= today + LATEST_NEXT:
        found["next_on"] = "Choose a day from today to three months ahead"
    return found


def record(
    ledger: Ledger, key: bytes, authority: str, child_id: str, indicator_id: str, team: str, as_at: date, looked_on: date,
    child_seen: str, next_on: date | None, by: str, today: date, expected_version: int | None = None,
) -> Look:  # fmt: skip
    """Store a look. LedgerError in a sentence where something is wrong, LedgerConflict where somebody looked in the meantime."""
    seen = None if expected_version is None else {indicator_id: expected_version}
    said = (team, as_at, looked_on, child_seen, next_on)
    return record_all(ledger, key, authority, child_id, [indicator_id], *said, by, today, seen)[0]


def record_all(
    ledger: Ledger, key: bytes, authority: str, child_id: str, indicators: Iterable[str], team: str, as_at: date, looked_on: date,
    child_seen: str, next_on: date | None, by: str, today: date, expected: Mapping[str, int] | None = None,
) -> list[Look]:  # fmt: skip
    """Store one look at a child who is overdue for several measures, for each of them, all or none. `expected` are the versions that the
    writer saw, by measure."""
    if wrong := problems(looked_on, child_seen, next_on, today):
        raise LedgerError(f"{next(iter(wrong.values()))}.")
    body = {
        "team": team, "as_at": as_at.isoformat(), "looked_on": looked_on.isoformat(), "child_seen": child_seen,
        "next_on": next_on.isoformat() if next_on else "",
    }  # fmt: skip
    notes = [Note(authority, KIND, _subject(key, one, child_id), body, by) for one in dict.fromkeys(indicators)]
    versions = None if expected is None else {_subject(key, one, child_id): seen for one, seen in expected.items()}
    return [_look(note) for note in ledger.note(notes, versions)]


def of_children(
    ledger: Ledger, key: bytes, authority: str, indicator_id: str, child_ids: Iterable[str]
) -> dict[str, Look]:
    """The newest look at each of the children for a measure; a child whom nobody looked at is left out."""
    found = of_cases(ledger, key, authority, [(indicator_id, child) for child in child_ids])
    return {child: look for (_, child), look in found.items()}


def of_cases(
    ledger: Ledger, key: bytes, authority: str, cases: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Look]:
    """The newest look for each measure and child that somebody looked at."""
    subjects = {_subject(key, indicator, child): (indicator, child) for indicator, child in cases}
    found = ledger.notes(KIND, subject=list(subjects))
    return {subjects[one.subject]: _look(one) for one in found if one.authority == authority}


def _subject(key: bytes, indicator_id: str, child_id: str) -> str:
    return f"{indicator_id}/{pseudonym(key, 'child', child_id)}"


def _look(note: Note) -> Look:
    indicator_id, _, child = note.subject.partition("/")
    said = dict(note.body)
    return Look(
        child, indicator_id, str(said["team"]), date.fromisoformat(said["as_at"]), date.fromisoformat(said["looked_on"]),
        str(said["child_seen"]), date.fromisoformat(said["next_on"]) if said["next_on"] else None, note.by, note.at, note.version,
    )  # fmt: skip
