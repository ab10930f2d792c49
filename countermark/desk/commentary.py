"""Commentary on a figure: what an officer says of it, with numbers that are filled from the figure and never typed.

Note kind `commentary`, subject `INDICATOR/DATE/TEAM`; the body holds the text, its owner's role and the figure that it was
written on (`countermark.desk.bound`). It goes stale when that figure changes, until a person confirms or rewrites it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from countermark.desk import guard
from countermark.desk.bound import NOT_AVAILABLE, Bound, changes, is_stale, percent
from countermark.desk.figures import Figure, Rows
from countermark.desk.people import Roles
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger

KIND = "commentary"
HOLE = re.compile(r"\{([^{}]*)\}")


def _text(number: int | None) -> str:
    return NOT_AVAILABLE if number is None else str(number)


def _complement(bound: Bound) -> str:
    if bound.numerator is None or bound.denominator is None:
        return NOT_AVAILABLE
    return str(bound.denominator - bound.numerator)


def _value(bound: Bound) -> str:
    if bound.value is None:
        return NOT_AVAILABLE
    if bound.measured_unit:
        return bound.number
    return percent(bound.value) if bound.is_share else _text(bound.numerator)


PLACEHOLDERS: dict[str, tuple[str, Callable[[Bound], str]]] = {
    "figure": ("the whole figure, as 80 of 89 children (89.9%)", lambda b: b.number),
    "numerator": ("cases that meet it", lambda b: _text(b.numerator)),
    "denominator": ("cases that it is taken of", lambda b: _text(b.denominator)),
    "complement": ("cases that do not meet it", _complement),
    "value": ("the share or the count", _value),
    "range": ("the range, as between 83.5% and 94.9%", lambda b: b.range),
    "at_least": ("fewest cases on the side that worries", lambda b: _text(b.fewest)),
    "at_most": ("most cases on the side that worries", lambda b: _text(b.most)),
    "counted": ("the team's count", lambda b: b.counted),
    "status": ("the status in words", lambda b: b.status_words),
}
SAID_OF_ANY = {"status"}  # the only one that is told of a figure that is not reliable enough to report


@dataclass(frozen=True)
class Commentary:
    """The commentary that stands on a figure. `changed` says what changed since it was written or confirmed."""

    indicator_id: str
    as_at: str
    team: str
    text: str
    bound: Bound
    owner: str
    by: str
    at: datetime
    confirmed: bool
    version: int
    changed: tuple[str, ...] = ()
    stale: bool = False

    def words(self, officer: bool = False) -> str:
        """The text with its numbers, as they stood; of a figure not reliable enough to report only officers read them."""
        return fill(self.text, self.bound, officer or self.bound.status != "withheld")


def fill(text: str, bound: Bound, shown: bool = True) -> str:
    """`text` with its placeholders filled from the figure; `[x]` where there is no number, or it is not to be shown."""

    def one(hole: re.Match[str]) -> str:
        name = hole[1].strip()
        return PLACEHOLDERS[name][1](bound) if shown or name in SAID_OF_ANY else NOT_AVAILABLE

    return HOLE.sub(one, text)


def write(
    ledger: Ledger, rows: Rows, figure: Figure, text: str, by: str, owner: str = "", expected_version: int | None = None
) -> Commentary:
    """Write the commentary of a figure, in place of what stood. LedgerError for an unknown placeholder or a name in the text.

    `owner` is who answers for it (a name or a role; default: `by`). LedgerConflict where somebody else wrote meanwhile.
    """
    said = guard.plain(text, "A commentary")
    unknown = sorted({hole.strip() for hole in HOLE.findall(said)} - set(PLACEHOLDERS))
    if unknown:
        known = ", ".join("{" + name + "}" for name in PLACEHOLDERS)
        raise LedgerError(f"There is no number called {', '.join(unknown)}. These can be used: {known}.")
    if "{" in HOLE.sub("", said) or "}" in HOLE.sub("", said):
        raise LedgerError("A curly bracket stands alone: a number is written as {numerator}.")
    guard.refuse_names(rows, said, Roles.of(ledger, figure.authority).names)
    return _store(ledger, figure, said, by, owner or by, False, expected_version)


def confirm(ledger: Ledger, figure: Figure, by: str, expected_version: int | None = None) -> Commentary:
    """Say that the text still holds of the figure as it stands now, with the numbers of now. LedgerError where there is none."""
    standing = commentary(ledger, figure)
    if standing is None:
        raise LedgerError("There is no commentary on this figure yet.")
    return _store(ledger, figure, standing.text, by, standing.owner, True, expected_version)


def commentary(ledger: Ledger, figure: Figure, known_at: datetime | None = None) -> Commentary | None:
    """The commentary that stands on a figure, compared with the figure; None where there is none."""
    return next(iter(of_figures(ledger, [figure], known_at).values()), None)


def of_figures(ledger: Ledger, figures: list[Figure], known_at: datetime | None = None) -> dict[str, Commentary]:
    """By a figure's subject, the commentary that stands on it. One query for all."""
    now = {(one.authority, one.subject): one for one in figures}
    wanted = figures[0].subject if len(figures) == 1 else None
    found = ledger.notes(KIND, subject=wanted, known_at=known_at)
    return {
        one.subject: _read(one, now[one.authority, one.subject]) for one in found if (one.authority, one.subject) in now
    }


def history(ledger: Ledger, figure: Figure) -> list[Commentary]:
    """Every version of a figure's commentary, oldest first, as it was bound."""
    found = ledger.notes(KIND, subject=figure.subject, newest=False)
    return [_read(one, None) for one in found if one.authority == figure.authority]


def _store(
    ledger: Ledger, figure: Figure, text: str, by: str, owner: str, confirmed: bool, expected_version: int | None
) -> Commentary:
    body = {"text": text, "owner": owner, "confirmed": confirmed, "bound": Bound.to(figure).body()}
    stored = ledger.note([Note(figure.authority, KIND, figure.subject, body, by)], expected_version)
    return _read(stored[0], figure)


def _read(note: Note, figure: Figure | None) -> Commentary:
    body, bound = note.body, Bound.read(note.body["bound"])
    now = Bound.to(figure) if figure else bound
    indicator, as_at, team = note.subject.split("/", 2)
    return Commentary(
        indicator, as_at, team, body["text"], bound, body["owner"], note.by, note.at or datetime.min, body["confirmed"],
        note.version, tuple(changes(bound, now)), is_stale(bound, now),
    )  # fmt: skip
