"""The managers' own counts: who counted what, how, and the list that backs it.

What belongs here is a count as an honest manager makes it; what went wrong with some of them belongs to faults.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from countermark.sample.authority import TEAM_BY_NAME, TEAMS
from countermark.sample.counts import HEADCOUNTS, Member
from countermark.sample.days import add_wd

VOLUNTARY = (("PP0", "Safeguarding East"), ("LA0", "Children in Care 1"), ("FD5", "Assessment Central"))
EVENTS = ("FD5", "AS1", "AS2", "AS3", "CP3", "CP4")
COUNT_HEADERS = (
    "indicator_id", "team", "as_at", "unit", "numerator", "denominator", "counted_by", "counted_at", "method", "note",
)  # fmt: skip
LIST_HEADERS = (
    "indicator_id", "team", "as_at", "case_id", "in_denominator", "in_numerator", "event_date", "counted_by",
    "counted_at", "note",
)  # fmt: skip
FORGETFUL, MISTAKEN = 0.35, 0.25  # how many of the earlier counts have such a slip
_METHODS = {"assessment": "own_list", "safeguarding": "case_file", "care": "own_list", "disability": "whiteboard"}


@dataclass
class Line:
    """One row of a manual list: a case that the team counts, and whether it is in the numerator.

    `system` is the case as the system names it, where the list names it otherwise.
    """

    case: str
    numerator: bool
    event: date | None
    note: str | None = None
    system: str | None = None

    @property
    def stands_for(self) -> str:
        """The system's case that the row means."""
        return self.system or self.case


@dataclass
class Claim:
    """A team's count of one indicator; `numerator` and `denominator` are its own where they are not the list's sum."""

    indicator: str
    team: str
    method: str
    lines: list[Line] = field(default_factory=list)
    unit: str = ""
    numerator: int | None = None
    denominator: int | None = None
    note: str | None = None

    def counted(self) -> tuple[int, int]:
        """(numerator, denominator) as claimed."""
        found = sum(line.numerator for line in self.lines), len(self.lines)
        return found if self.numerator is None or self.denominator is None else (self.numerator, self.denominator)


def wanted() -> list[tuple[str, str]]:
    """(indicator, team) of every count that is owed, and of the few that are given unasked."""
    return [(indicator, team.name) for team in TEAMS for indicator in team.owes] + list(VOLUNTARY)


def honest(indicator: str, team: str, found: dict[str, Member]) -> Claim:
    """The team's count as it would be if nobody ever slipped."""
    lines = [
        Line(m.case, m.numerator, m.event if m.event else None)
        for m in sorted(found.values(), key=lambda m: m.case)
        if m.team == team and m.denominator
    ]
    unit = "event" if indicator in EVENTS else "child"
    return Claim(indicator, team, _METHODS[TEAM_BY_NAME[team].kind], lines, unit)


def earlier(as_at: date, found: dict[str, dict[str, Member]], rng: Random) -> list[Claim]:
    """The counts of an earlier month: honest ones, of which some leave a case out or give it another value."""
    made = [honest(indicator, team, found[indicator]) for indicator, team in wanted()]
    for claim in made:
        if claim.lines and rng.random() < FORGETFUL:
            claim.lines.pop(rng.randrange(len(claim.lines)))
        if claim.lines and claim.indicator not in HEADCOUNTS and rng.random() < MISTAKEN:
            line = rng.choice(claim.lines)
            line.numerator = not line.numerator
    return [claim for claim in made if claim.lines]


def count_rows(claims: list[Claim], as_at: date) -> list[dict[str, Any]]:
    """The rows of the counts' file."""
    rows = []
    for claim in claims:
        numerator, denominator = claim.counted()
        rows.append({
            **_head(claim, as_at), "unit": claim.unit, "numerator": numerator,
            "denominator": None if claim.indicator in HEADCOUNTS else denominator, "method": claim.method,
            "note": claim.note,
        })  # fmt: skip
    return rows


def list_rows(claim: Claim, as_at: date) -> list[dict[str, Any]]:
    """The rows of the list that backs a count."""
    return [
        {**_head(claim, as_at), "case_id": line.case, "in_denominator": True, "in_numerator": line.numerator,
         "event_date": line.event, "note": line.note}
        for line in claim.lines
    ]  # fmt: skip


def _head(claim: Claim, as_at: date) -> dict[str, Any]:
    manager = TEAM_BY_NAME[claim.team]
    counted_at = add_wd(as_at, 1 + sum(map(ord, claim.team)) % 2)
    return {"indicator_id": claim.indicator, "team": claim.team, "as_at": as_at, "counted_by": manager.manager,
            "counted_at": counted_at}  # fmt: skip
