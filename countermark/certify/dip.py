"""Dip samples: files drawn at random from a figure's cases by a stated seed, and what each child's own file says of the case.

The draw is in the ledger before anybody sees it, and stays: a further draw needs a reason, adds files and takes none away. The ledger
knows a drawn case by the pseudonym of its difference.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify.judge import Figure, name_of, people_of
from countermark.certify.snapshot import read
from countermark.contracts.catalogue import SHIPPED
from countermark.ledger.counters import Counter
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.secrets import pseudonym
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import insert

DRAW, FILE, RESULT = "dip_draw", "dip_file", "dip_result"  # subjects: figure; figure and pseudonym; the same
ANSWERS = ("met", "not_met", "not_counted", "no_file")
READER = "dip sample"  # in a count's team, so that the database keeps who read the files from judging
# Those whom the system counts, and those whom a team's list counts and the system does not.
POPULATION = """
select case_id, any_value(team) as team from (
    select case_id, team from main.members where authority = $authority and indicator_id = $indicator and as_at = $as_at and in_denominator
    union all
    select case_id, coalesce(of_team, team) from main.breaks where authority = $authority and indicator_id = $indicator
        and as_at = $as_at and manual_in and kind = 'case' and case_id is not null
) group by case_id order by case_id
"""


@dataclass(frozen=True)
class Rules:
    """How many files, how many of them may be wrong, and after how many months a sample may replace a count."""

    files: int
    most_wrong: int
    months: int


@dataclass(frozen=True)
class Drawn:
    """One file that was drawn. `round` is the draw's number; `version` how many results it has had."""

    authority: str
    indicator_id: str
    as_at: date
    case_id: str
    team: str
    pseudonym: str
    round: int
    place: int


def rules(folder: Path = SHIPPED) -> Rules:
    """The numbers of sql/shared/certify/dip_sample.toml."""
    said = tomllib.loads((folder / "sql" / "shared" / "certify" / "dip_sample.toml").read_text(encoding="utf-8"))
    return Rules(said["files"], said["most_wrong"], said["months"])


def order(seed: int, cases: Sequence[str]) -> list[str]:
    """The cases in the order of a seed: anybody who has seed and cases finds the same order."""
    return sorted(cases, key=lambda case: (sha256(f"{seed}/{case}".encode()).hexdigest(), case))


def draw(
    ledger: Ledger, snapshot: Path, key: bytes, figure: Figure, by: str, *, seed: int | None = None, files: int = 0, reason: str = "",
) -> list[Drawn]:  # fmt: skip
    """Draw files of a figure and store the draw; returns them in their order. `files` 0: as many as the rules say.

    LedgerError where the figure has been drawn before and no reason is given, or where nobody is counted.
    """
    name = name_of(by, people_of(ledger, figure.authority))
    with read(snapshot) as con:
        rows = con.execute(POPULATION, _key(figure)).fetchall()
    known = dict(rows)
    subject = _subject(figure)
    before = [note for note in ledger.notes(DRAW, subject) if note.authority == figure.authority]
    drawn = {note.subject for note in ledger.notes(FILE) if note.authority == figure.authority}
    if before and not reason.strip():
        raise LedgerError(
            f"Files of {figure.indicator_id} at {figure.as_at} were drawn on {before[0].at:%d/%m/%Y}: a further draw needs --reason, and "
            "the files drawn before stay in the sample."
        )
    marks = {case: mark(key, figure.authority, figure.indicator_id, case) for case in known}
    left = [case for case in known if f"{subject}/{marks[case]}" not in drawn]
    if not left:
        raise LedgerError(f"{figure.indicator_id} at {figure.as_at} has no case left to draw.")
    chosen = seed if seed is not None else secrets.randbelow(10**9)
    number = before[0].version + 1 if before else 1
    taken = order(chosen, left)[: files or rules().files]
    found = [
        Drawn(
            figure.authority, figure.indicator_id, figure.as_at, case, known[case] or "ALL", marks[case], number, place
        )
        for place, case in enumerate(taken, start=1)
    ]
    said: dict[str, Any] = {
        "seed": chosen, "of": len(left), "files": len(found), "reason": " ".join(reason.split()), "snapshot": snapshot.name,
        "cases": sha256("\n".join(sorted(marks[case] for case in left)).encode()).hexdigest(),
    }  # fmt: skip
    notes = [Note(figure.authority, DRAW, subject, said, name)]
    notes += [
        Note(
            figure.authority,
            FILE,
            f"{subject}/{one.pseudonym}",
            {"break": one.pseudonym, "round": one.round, "place": one.place},
            name,
        )
        for one in found
    ]
    ledger.note(notes, {subject: number - 1, **{note.subject: 0 for note in notes[1:]}})
    return found


def seed_of(ledger: Ledger, figure: Figure) -> int:
    """The seed of a figure's newest draw."""
    mine = [note for note in ledger.notes(DRAW, _subject(figure)) if note.authority == figure.authority]
    return int(mine[0].body["seed"])


def standing(ledger: Ledger, snapshot: Path, key: bytes, figure: Figure) -> list[Drawn]:
    """Every file drawn for a figure so far, in the order of the draws."""
    with read(snapshot) as con:
        known = dict(con.execute(POPULATION, _key(figure)).fetchall())
    mine = {note.subject: note for note in ledger.notes(FILE) if note.authority == figure.authority}
    found = []
    for case, team in known.items():
        name = mark(key, figure.authority, figure.indicator_id, case)
        if note := mine.get(f"{_subject(figure)}/{name}"):
            place = (int(note.body["round"]), int(note.body["place"]))
            found.append(Drawn(figure.authority, figure.indicator_id, figure.as_at, case, team or "ALL", name, *place))
    return sorted(found, key=lambda one: (one.round, one.place))


def record(
    ledger: Ledger,
    one: Drawn,
    file_says: str,
    looked_on: date,
    by: str,
    today: date,
    expected_version: int | None = None,
) -> None:
    """Store what a file says. LedgerError where it was not drawn, or nobody says who read it and when; LedgerConflict where somebody
    else has recorded it meanwhile."""
    if file_says not in ANSWERS:
        raise LedgerError(f"A file says one of: {', '.join(ANSWERS)}.")
    if not one.as_at <= looked_on <= today:
        raise LedgerError("A file is read on or after the day of the position, and not on a day to come.")
    name = name_of(by, people_of(ledger, one.authority))
    subject = f"{one.indicator_id}/{one.as_at.isoformat()}/{one.pseudonym}"
    if not [note for note in ledger.notes(FILE, subject) if note.authority == one.authority]:
        raise LedgerError("This file was not drawn: a sample holds the files that were drawn, and no other.")
    body = {"break": one.pseudonym, "file_says": file_says, "looked_on": looked_on.isoformat()}
    ledger.note([Note(one.authority, RESULT, subject, body, name)], expected_version)


def load(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> list[Counter]:
    """Fill book.dip_files of the open snapshot; who read files of which figure, for the ledger to keep apart from its judges."""
    results = {(note.authority, note.subject): note for note in ledger.notes(RESULT)}
    rows, readers = [], dict[Any, Counter]()
    for note in ledger.notes(FILE):
        indicator, day, name = note.subject.split("/")
        said = results.get((note.authority, note.subject))
        looked = (
            (date.fromisoformat(said.body["looked_on"]), said.by, said.body["file_says"])
            if said
            else (None, None, None)
        )
        drawn_on = note.at.date() if note.at else None
        rows.append(
            (
                note.authority,
                indicator,
                date.fromisoformat(day),
                note.body["round"],
                note.body["place"],
                name,
                drawn_on,
                *looked,
            )
        )
        if said:
            one = Counter(note.authority, indicator, date.fromisoformat(day), f"{READER} {said.by}", said.by)
            readers[one.place] = one
    insert(con, "book.dip_files", rows)
    return list(readers.values())


def mark(key: bytes, authority: str, indicator_id: str, case_id: str) -> str:
    """What stands for a case in the ledger: the pseudonym of the case, leading zeros of the child's id aside, as of a difference."""
    return pseudonym(key, authority, indicator_id, re.sub(r"^0+(?=[^/])", "", case_id))


def _key(figure: Figure) -> dict[str, Any]:
    return {"authority": figure.authority, "indicator": figure.indicator_id, "as_at": figure.as_at}


def _subject(figure: Figure) -> str:
    return f"{figure.indicator_id}/{figure.as_at.isoformat()}"
