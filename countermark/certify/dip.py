"""Dip samples: files drawn at random from a figure's cases by a stated seed. What each file says is recorded by `dip_results`.

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

from countermark.certify.judge import Figure, name_of, people_of
from countermark.certify.read_fields import digest
from countermark.certify.snapshot import read
from countermark.contracts.catalogue import SHIPPED
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.secrets import pseudonym
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import statements

DRAW, FILE = "dip_draw", "dip_file"  # subjects: figure; figure and pseudonym
# Those whom the system counts, and those whom a team's list counts and the system does not; the system's first.
POPULATION = """
select case_id, any_value(team) as team from (
    select case_id, team, true as in_system from main.members
    where authority = $authority and indicator_id = $indicator and as_at = $as_at and in_denominator
    union all
    select case_id, coalesce(of_team, team), false as in_system from main.breaks
    where authority = $authority and indicator_id = $indicator and as_at = $as_at and manual_in and kind = 'case' and case_id is not null
) group by case_id order by bool_or(in_system) desc, case_id
"""
WANTED = """
create or replace temp table dip_wanted as select $authority as authority, $indicator as indicator_id, $as_at::date as as_at
"""
BOUND = "select case_id, team, bound_system, bound_list from dip_sides"


@dataclass(frozen=True)
class Rules:
    """How many files, how many of them may be wrong, and after how many months a sample may replace a count."""

    files: int
    most_wrong: int
    months: int


@dataclass(frozen=True)
class Drawn:
    """One file that was drawn, as it stands. `round` is the draw's number; `bound_…` hash the fields of either side as they are now."""

    authority: str
    indicator_id: str
    as_at: date
    case_id: str
    team: str
    pseudonym: str
    round: int
    place: int
    bound_system: str = "none"
    bound_list: str = ""

    @property
    def subject(self) -> str:
        """What the ledger calls it."""
        return f"{self.indicator_id}/{self.as_at.isoformat()}/{self.pseudonym}"

    @property
    def fields(self) -> str:
        """A short hash of both sides' fields: what somebody read before saying what the file says."""
        return digest(f"{self.bound_system} {self.bound_list}")


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
    known: dict[str, tuple[str, str]] = {}
    for case, team in rows:  # a child whom a list has under an id with zeros is one file, and is drawn once
        known.setdefault(mark(key, figure.authority, figure.indicator_id, case), (case, team or "ALL"))
    subject = _subject(figure)
    before = [note for note in ledger.notes(DRAW, subject) if note.authority == figure.authority]
    drawn = {note.subject for note in ledger.notes(FILE) if note.authority == figure.authority}
    if before and not reason.strip():
        raise LedgerError(
            f"Files of {figure.indicator_id} at {figure.as_at} were drawn on {before[0].at:%d/%m/%Y}: a further draw needs --reason, and "
            "the files drawn before stay in the sample."
        )
    left = {case: (name, team) for name, (case, team) in known.items() if f"{subject}/{name}" not in drawn}
    if not left:
        raise LedgerError(f"{figure.indicator_id} at {figure.as_at} has no case left to draw.")
    chosen = seed if seed is not None else secrets.randbelow(10**9)
    number = before[0].version + 1 if before else 1
    taken = order(chosen, list(left))[: files or rules().files]
    found = [
        Drawn(figure.authority, figure.indicator_id, figure.as_at, case, team, name, number, place)
        for place, (case, (name, team)) in enumerate(((case, left[case]) for case in taken), start=1)
    ]
    said: dict[str, Any] = {
        "seed": chosen, "of": len(left), "files": len(found), "reason": " ".join(reason.split()), "snapshot": snapshot.name,
        "cases": sha256("\n".join(sorted(name for name, _ in left.values())).encode()).hexdigest(),
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
    return [one for one in standing(ledger, snapshot, key, figure) if one.round == number]


def seed_of(ledger: Ledger, figure: Figure) -> int:
    """The seed of a figure's newest draw."""
    mine = [note for note in ledger.notes(DRAW, _subject(figure)) if note.authority == figure.authority]
    return int(mine[0].body["seed"])


def standing(ledger: Ledger, snapshot: Path, key: bytes, figure: Figure) -> list[Drawn]:
    """Every file drawn for a figure so far whose case any list has, in the order of the draws."""
    mine = {note.subject: note for note in ledger.notes(FILE) if note.authority == figure.authority}
    sides = (SHIPPED / "sql" / "shared" / "certify" / "dip_sides.sql").read_text(encoding="utf-8")
    with read(snapshot) as con:
        con.execute(WANTED, _key(figure))
        for statement in statements(sides):
            con.execute(statement)
        known = con.execute(BOUND).fetchall()
    found = []
    for case, team, *bound in known:
        name = mark(key, figure.authority, figure.indicator_id, case)
        if note := mine.get(f"{_subject(figure)}/{name}"):
            place = (int(note.body["round"]), int(note.body["place"]))
            at = (figure.authority, figure.indicator_id, figure.as_at)
            found.append(Drawn(*at, case, team or "ALL", name, *place, *bound))
    return sorted(found, key=lambda one: (one.round, one.place))


def mark(key: bytes, authority: str, indicator_id: str, case_id: str) -> str:
    """What stands for a case in the ledger: the pseudonym of the case, leading zeros of the child's id aside, as of a difference."""
    return pseudonym(key, authority, indicator_id, re.sub(r"^0+(?=[^/])", "", case_id))


def _key(figure: Figure) -> dict[str, Any]:
    return {"authority": figure.authority, "indicator": figure.indicator_id, "as_at": figure.as_at}


def _subject(figure: Figure) -> str:
    return f"{figure.indicator_id}/{figure.as_at.isoformat()}"
