"""What the file of a drawn case says: recorded once it was read, by somebody who judges nothing of the figure, bound to the fields of both
sides as they stood. Every version stays in the ledger; the newest one counts, until a field that it was bound to changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify.dip import FILE, Drawn
from countermark.certify.judge import READER, Figure, name_of, people_of, refuse_reader
from countermark.ledger.counters import Counter
from countermark.ledger.notes import Note
from countermark.ledger.people import same_person
from countermark.ledger.records import LedgerConflict, LedgerError
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import insert

RESULT = "dip_result"  # subject: that of the file
NO_FILE = "no_file"
ANSWERS = ("met", "not_met", "not_counted", NO_FILE)
FINDS = ("agrees", "system_wrong", "list_wrong", "both_wrong", NO_FILE)

TOLD = """
select authority, indicator_id, as_at, round, place, case_key, file_says, finds, looked_on, looked_by, file_on, version, lapsed
from desk.dip_files order by all
"""


@dataclass(frozen=True)
class Result:
    """What a file says. `finds` is its reader's word on both sides, empty where the states alone say it; `file_on` the date that the file
    has for what decides."""

    file_says: str
    looked_on: date
    finds: str = ""
    file_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Recorded:
    """One version of a result, as it stands in the ledger."""

    subject: str
    said: Result
    by: str
    version: int
    at: datetime | None
    bound_system: str = ""
    bound_list: str = ""

    def holds(self, one: Drawn) -> bool:
        """Whether the fields that it was bound to are still the same."""
        return self.bound_system == one.bound_system and self.bound_list in ("", one.bound_list)


def record(
    ledger: Ledger,
    snapshot: Path,
    one: Drawn,
    said: Result,
    by: str,
    today: date,
    expected_version: int | None = None,
    fields: str = "",
) -> None:
    """Store what a file says. LedgerError where it was not drawn, nobody says who read it and when, or the reader has another role of the
    figure; LedgerConflict where somebody else has recorded it meanwhile, or the fields are others than those that were read (`fields`).
    """
    if said.file_says not in ANSWERS or said.finds not in ("", *FINDS):
        raise LedgerError(f"A file says one of: {', '.join(ANSWERS)}; and finds one of: {', '.join(FINDS)}.")
    if not one.as_at <= said.looked_on <= today:
        raise LedgerError("A file is read on or after the day of the position, and not on a day to come.")
    if said.file_on and said.file_on > said.looked_on:
        raise LedgerError("The date in the file lies after the day on which it was read: look at both again.")
    name = name_of(by, people_of(ledger, one.authority))
    if not [note for note in ledger.notes(FILE, one.subject) if note.authority == one.authority]:
        raise LedgerError("This file was not drawn: a sample holds the files that were drawn, and no other.")
    refuse_reader(ledger, snapshot, Figure(one.authority, one.indicator_id, one.as_at, "", False), name)
    if fields and fields != one.fields:
        raise LedgerConflict("What the system or the list says of this case has changed since you read it: look again.")
    body = {
        "break": one.pseudonym, "file_says": said.file_says, "looked_on": said.looked_on.isoformat(), "finds": said.finds,
        "file_on": said.file_on.isoformat() if said.file_on else "", "note": said.note, "system": one.bound_system, "list": one.bound_list,
    }  # fmt: skip
    ledger.note([Note(one.authority, RESULT, one.subject, body, name)], expected_version)
    ledger.note_counters([_reader(one.authority, one.subject, name)])


def results(ledger: Ledger, authority: str, subjects: Iterable[str], newest: bool = True) -> dict[str, list[Recorded]]:
    """Every result of the files named (`newest`: the newest version alone), oldest first, by subject."""
    found: dict[str, list[Recorded]] = {}
    for note in ledger.notes(RESULT, list(subjects), newest=newest):
        if note.authority == authority:
            found.setdefault(note.subject, []).append(_read(note))
    return found


def seen_by(ledger: Ledger, one: Drawn, by: str) -> int:
    """The version that somebody has seen who looked at no page: what the same person recorded, or holds no more. Where another's result
    holds it is 0, so that recording over it is refused."""
    found = results(ledger, one.authority, [one.subject]).get(one.subject)
    if not found:
        return 0
    last = found[-1]
    mine = same_person(last.by, by, people_of(ledger, one.authority))
    return last.version if mine or not last.holds(one) else 0


def load(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> list[Counter]:
    """Fill book.dip_files of the open snapshot; who read files of which figure, for the ledger to keep apart from its judges."""
    newest = {(note.authority, note.subject): note for note in ledger.notes(RESULT)}
    rows, readers = [], dict[Any, Counter]()
    for note in ledger.notes(FILE):
        indicator, day, name = note.subject.split("/")
        result = newest.get((note.authority, note.subject))
        drawn = (note.authority, indicator, date.fromisoformat(day), note.body["round"], note.body["place"], name)
        rows.append((*drawn, note.at.date() if note.at else None, *_row(result)))
        if result:
            one = _reader(note.authority, note.subject, result.by)
            readers[one.place] = one
    insert(con, "book.dip_files", rows)
    return list(readers.values())


def told(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """What the open snapshot says of drawn files, for its content: a draw, or a file that agrees, is published though no figure moves."""
    return con.execute(TOLD).fetchall()


def _row(note: Note | None) -> tuple[Any, ...]:
    if note is None:
        return (None, None, None, "", None, 0, "", "")
    one = _read(note)
    return (
        one.said.looked_on, one.by, one.said.file_says, one.said.finds, one.said.file_on, one.version, one.bound_system, one.bound_list,
    )  # fmt: skip


def _read(note: Note) -> Recorded:
    body = note.body
    file_on = date.fromisoformat(body["file_on"]) if body.get("file_on") else None
    said = Result(
        body["file_says"], date.fromisoformat(body["looked_on"]), body.get("finds", ""), file_on, body.get("note", "")
    )
    return Recorded(note.subject, said, note.by, note.version, note.at, body.get("system", ""), body.get("list", ""))


def _reader(authority: str, subject: str, by: str) -> Counter:
    indicator, day, _ = subject.split("/")
    return Counter(authority, indicator, date.fromisoformat(day), f"{READER} {by}", by)
