"""The sheet of differences that goes out to a team manager and comes back: one row a difference, what to decide, and its row key.

What comes back is read by the file layout `manual_decisions`; `countermark.desk.handed_in` says what each of its rows comes to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from countermark.contracts.catalogue import Catalogue
from countermark.ledger.row_keys import bound_of, row_key

DIFFERENCES, CONTRACT = "Differences", "manual_decisions"
MEASURES = {"denominator": "all who count", "numerator": "those that meet it"}
EFFECTS = {-1: "the list has one more", 0: "moves nothing", 1: "the system has one more"}


@dataclass(frozen=True)
class Field:
    """A column: its heading, what it is, the words for its codes; `choices` of a column to fill in. `width`
    where it is not its kind's; what is not `printed` stands last."""

    heading: str
    kind: str = "text"
    words: dict[Any, str] | None = None
    fill_in: bool = False
    choices: tuple[str, ...] = ()
    hidden: bool = False
    printed: bool = True
    width: int = 0


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
    """The sheet: what is known of each difference, what to decide, and, beside what is printed, what says of which row it is."""
    words = {name: tuple(code.label for code in catalogue.code_sets[name].codes) for name in ("decision", "cause")}
    return Sheet(
        DIFFERENCES, "differences",
        (Field("Piece of work", "number", width=8), Field("Measure", "long", width=24), Field("Case", width=17),
         Field("Moves a headline", width=9), Field("What it moves", "long", width=20),
         Field("What was looked for and found", "long", width=38), Field("Date in the list", "date"),
         Field("Who is right", fill_in=True, choices=words["decision"], width=18),
         Field("How it came about", fill_in=True, choices=words["cause"], width=18),
         Field("In your words", "long", fill_in=True, width=26), Field("Until", "date", fill_in=True),
         Field("Filled in by", fill_in=True, width=15),
         Field("Why", "long", reasons, printed=False, width=26), Field("Row of the list", "long", printed=False, width=34),
         Field("Row of the system's list", "long", printed=False, width=34), Field("First found", "date", printed=False),
         Field("State", printed=False, width=10), Field("Indicator ID", printed=False, width=11), Field("Team", printed=False),
         Field("As at", "date", printed=False), Field("Difference", printed=False), Field("Row key", hidden=True, printed=False)),
    )  # fmt: skip


def told(found: Mapping[str, Any], authority: str, team: str, as_at: date, sent: Sent | None) -> tuple[Any, ...]:
    """A row of `differences.sql` as the sheet shows it, with its key."""
    made = ""
    if sent is not None:
        version = sent.versions.get(found["break_id"], 0)
        cells = locked(authority, team, as_at, found["indicator_id"], found["break_id"], found["case_id"])
        made = row_key(sent.key, version, bound_of(found["bound_to"] or ""), *cells)
    moves = "; ".join(
        f"{MEASURES[one['measure']]}: {EFFECTS.get(one['effect'], one['effect'])}" for one in found["moves"]
    )
    return (
        found["piece"], found["title"], found["case_id"], found["moves_headline"], moves, found["proof"], found["event_date"],
        None, None, None, None, None, found["reason"], found["manual_source"], found["system_source"], found["first_seen"], found["state"],
        found["indicator_id"], team, as_at, found["break_id"], made,
    )  # fmt: skip


def locked(
    authority: str, team: str | None, as_at: date | None, indicator: str | None, break_id: str | None, case: str | None
) -> tuple[str, ...]:
    """The cells of a row that its key is made for, in their order."""
    day = as_at.isoformat() if as_at else ""
    return authority, team or "", day, indicator or "", break_id or "", case or ""
