"""The sheet of differences that goes out to a team manager and comes back: one row a difference, what to decide, and its row key.

What comes back is read by the file layout `manual_decisions`; `countermark.desk.handed_in` says what each of its rows comes to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from countermark.contracts.catalogue import Catalogue
from countermark.ledger.row_keys import bound_of, row_key

DIFFERENCES, CONTRACT = "Differences", "manual_decisions"
BLANK_ROWS = 20  # below the differences, for questions about children whom nobody's list holds
EFFECTS = {-1: "the list has one more", 0: "moves nothing", 1: "the system has one more"}


@dataclass(frozen=True)
class Field:
    """A column: its heading, what it is, the words for its codes; `choices` of a column to fill in."""

    heading: str
    kind: str = "text"
    words: dict[Any, str] | None = None
    fill_in: bool = False
    choices: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: its query's columns in order, then the columns to fill in."""

    name: str
    query: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Sent:
    """What row keys are made with: the home's key, and how many decisions each difference has had."""

    key: bytes
    versions: Mapping[str, int] = field(default_factory=dict)


def differences(catalogue: Catalogue, reasons: dict[str, str]) -> Sheet:
    """The sheet: what is known of each difference, what to decide, and what says of which row it is."""
    words = {name: tuple(code.label for code in catalogue.code_sets[name].codes) for name in ("decision", "cause")}
    return Sheet(
        DIFFERENCES, "differences",
        (Field("Difference"), Field("Measure", "long"), Field("Case"), Field("Moves a headline"), Field("What it moves", "long"),
         Field("Why", "long", reasons), Field("What was looked for and found", "long"), Field("Date in the list", "date"),
         Field("Row of the list", "long"), Field("Row of the system's list", "long"), Field("First found", "date"), Field("State"),
         Field("Who is right", fill_in=True, choices=words["decision"]),
         Field("How it came about", fill_in=True, choices=words["cause"]),
         Field("In your words", "long", fill_in=True), Field("Until", "date", fill_in=True), Field("Filled in by", fill_in=True),
         Field("Indicator ID"), Field("Team"), Field("As at", "date"), Field("Row key", hidden=True)),
    )  # fmt: skip


def told(
    rows: Sequence[tuple[Any, ...]], authority: str, team: str, as_at: date, sent: Sent | None
) -> list[tuple[Any, ...]]:
    """The rows of `differences.sql` as the sheet shows them, each with its key."""
    found = []
    for (
        break_id,
        indicator,
        title,
        case,
        headline,
        reason,
        proof,
        moves,
        event,
        manual,
        system,
        seen,
        state,
        bound,
    ) in rows:
        made = ""
        if sent is not None:
            version = sent.versions.get(break_id, 0)
            cells = locked(authority, team, as_at, indicator, break_id, case)
            made = row_key(sent.key, version, bound_of(bound or ""), *cells)
        what = "; ".join(f"{move['measure']}: {EFFECTS.get(move['effect'], move['effect'])}" for move in moves)
        found.append((
            break_id, title, case, headline, what, reason, proof, event, manual, system, seen, state, None, None, None, None, None,
            indicator, team, as_at, made,
        ))  # fmt: skip
    return found


def locked(
    authority: str, team: str | None, as_at: date | None, indicator: str | None, break_id: str | None, case: str | None
) -> tuple[str, ...]:
    """The cells of a row that its key is made for, in their order."""
    day = as_at.isoformat() if as_at else ""
    return authority, team or "", day, indicator or "", break_id or "", case or ""


def add_blank_rows(page: Any, sheet: Sheet, rows: int) -> None:
    """Drop-downs below the differences: a row that the manager adds there is a question, and needs measure, team and date."""
    for place, one in enumerate(sheet.fields):
        if one.choices:
            source = {"validate": "list", "source": list(one.choices)}
            page.data_validation(rows + 1, place, rows + BLANK_ROWS, place, source)
