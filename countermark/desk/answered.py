"""What each row of a workbook of differences comes to, once it has come back: pure functions, nothing is stored.

Applied, refused with its cell and a reason, ignored since nothing is decided in it, or a question about a child whom nobody's list holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from countermark.exports.sent_out import locked
from countermark.ledger import row_keys
from countermark.ledger.causes import NEED_UNTIL
from countermark.ledger.records import Decision

TAMPERED = "The row is not as it was sent out: its key belongs to other cells. Take a new workbook and decide there."
WHO, HOW, WORDS, UNTIL, KEY, CASE = "Who is right", "How it came about", "In your words", "Until", "Row key", "Case ID"


@dataclass(frozen=True)
class Row:
    """One row as it came back."""

    number: int
    source_row: str
    difference: str | None
    case_id: str | None
    decision: str | None
    decision_unusable: bool
    cause: str | None
    cause_unusable: bool
    words: str | None
    until: date | None
    until_unusable: bool
    filled_in_by: str | None
    indicator_id: str
    team: str
    as_at: date
    row_key: str | None

    @property
    def place(self) -> str:
        """The row's number as a spreadsheet shows it."""
        return self.source_row.rpartition("!")[2]

    @property
    def is_filled_in(self) -> bool:
        """Whether anything is decided or said in it."""
        unusable = self.decision_unusable or self.cause_unusable or self.until_unusable
        return unusable or any((self.decision, self.cause, self.words, self.until))

    @property
    def answer(self) -> tuple[Any, ...]:
        """What it decides; the same in two rows, they say the same."""
        words = " ".join((self.words or "").split())
        return (
            self.decision,
            self.decision_unusable,
            self.cause,
            self.cause_unusable,
            words,
            self.until,
            self.until_unusable,
        )


@dataclass(frozen=True)
class Outcome:
    """What a row comes to: applied, refused, ignored or question; of a refusal the heading of its cell and the reason."""

    row: Row
    outcome: str
    heading: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Known:
    """How things stand: what each difference is bound to at each position, its newest decision, which of the rows' children are known."""

    bound: Mapping[tuple[str, date], str] = field(default_factory=dict)
    decided: Mapping[str, Decision] = field(default_factory=dict)
    children: frozenset[str] = frozenset()


def judge(rows: Sequence[Row], key: bytes, authority: str, known: Known, today: date) -> list[Outcome]:
    """What each row comes to before anything is stored, in their order: `applied` are those that can be decided. Stores nothing."""
    twice: dict[tuple[str, date], list[Row]] = {}
    for row in rows:
        if row.difference and row.is_filled_in:
            twice.setdefault((row.difference.lower(), row.as_at), []).append(row)
    return [_judge(row, key, authority, known, today, twice) for row in rows]


def _judge(
    row: Row, key: bytes, authority: str, known: Known, today: date, twice: Mapping[tuple[str, date], list[Row]]
) -> Outcome:
    if not row.row_key and not row.difference:
        return _added(row, known)
    if not row.is_filled_in:
        return Outcome(row, "ignored", reason="Nothing is decided in it.")
    said = row_keys.read(row.row_key or "")
    cells = locked(authority, row.team, row.as_at, row.indicator_id, row.difference, row.case_id)
    if said is None or not row_keys.fits(key, said, *cells):
        return Outcome(row, "refused", KEY, TAMPERED)
    same = twice[(row.difference or "").lower(), row.as_at]
    if len({one.answer for one in same}) > 1:
        others = ", ".join(f"row {one.place}" for one in same if one is not row)
        return Outcome(
            row, "refused", WHO, f"The difference stands also in {others}, with another answer: leave one of them."
        )
    if same[0] is not row:
        return Outcome(row, "ignored", reason=f"It says the same as row {same[0].place}.")
    if lacking := _lacking(row, today):
        return Outcome(row, "refused", *lacking)
    return _as_it_stands(row, said, known)


def _added(row: Row, known: Known) -> Outcome:
    """A row that is none of those sent out: a question where nobody's list holds its child."""
    if not row.case_id:
        if row.is_filled_in:
            return Outcome(row, "refused", CASE, "The row says of no case what it is about: name the child's id.")
        return Outcome(row, "ignored", reason="Nothing is decided in it.")
    if row.case_id in known.children:
        return Outcome(
            row,
            "refused",
            KEY,
            "The row has no key, and the lists hold its child: decide in the row of its difference, or on its page.",
        )
    return Outcome(row, "question")


def _lacking(row: Row, today: date) -> tuple[str, str] | None:
    """The heading and the reason where an answer is not whole."""
    if row.decision_unusable or not row.decision:
        return WHO, "Choose an entry of the list."
    if row.cause_unusable or not row.cause:
        return HOW, "Choose an entry of the list."
    if not (row.words or "").strip():
        return WORDS, "A decision needs a reason in words: write one."
    if row.until_unusable:
        return UNTIL, "It holds no date that can be used: give it as day/month/year."
    if row.until is None and row.decision in NEED_UNTIL:
        return UNTIL, "This decision runs out: give the day until which it holds."
    if row.until is not None and row.until < max(row.as_at, today if row.decision in NEED_UNTIL else row.as_at):
        return UNTIL, "The day has passed: give a later one."
    return None


def _as_it_stands(row: Row, said: row_keys.RowKey, known: Known) -> Outcome:
    """Refused where things have moved on since the workbook was made."""
    difference = (row.difference or "").lower()
    bound = known.bound.get((difference, row.as_at))
    if bound is None:
        return Outcome(
            row,
            "refused",
            "Difference",
            "The difference is there no more: it has been settled since, or closed by itself.",
        )
    if row_keys.bound_of(bound) != said.bound:
        return Outcome(
            row,
            "refused",
            "Difference",
            "What the difference is about has changed since the workbook was made: look again.",
        )
    last = known.decided.get(difference)
    if (last.version if last else 0) != said.version:
        return Outcome(
            row, "refused", "Difference", "It has been decided since the workbook was made: look again, then decide."
        )
    return Outcome(row, "applied")
