"""How a figure came to be what it is: its revisions, with class, what changed, and whether that changes the conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from countermark.certify.workflow import Rows
from countermark.words import STATUS_WORDS

CLASSES = {
    "scheduled": "Scheduled",
    "correction": "Correction",
    "method": "Method",
    "late recording": "Late recording",
}
REVISIONS = """
select revision, class, changes_conclusion, system_numerator, system_denominator, status, definition_hash, extracts, published_at,
    lag(system_numerator) over by_revision as numerator_before, lag(system_denominator) over by_revision as denominator_before,
    lag(status) over by_revision as status_before
from main.revisions
where authority = $authority and indicator_id = $indicator and as_at = $as_at and team = $team
window by_revision as (order by revision)
order by revision
"""


@dataclass(frozen=True)
class Revision:
    """One revision of a figure. `says` is what changed, in words; `state` is certified, superseded, ended or empty (never signed).

    `kind` is the class in words; a correction that moved no number is a change of status.
    """

    number: int
    revision_class: str
    kind: str
    changes_conclusion: bool
    numerator: int
    denominator: int | None
    status: str
    extracts: str
    published_at: datetime
    says: str
    state: str


def revisions(rows: Rows, authority: str, indicator: str, as_at: date, team: str = "ALL") -> list[Revision]:
    """The revisions of a figure, oldest first."""
    key = {"authority": authority, "indicator": indicator, "as_at": as_at, "team": team}
    found = rows(REVISIONS, key)
    last_certified = max((row["revision"] for row in found if row["status"] == "certified"), default=0)
    return [
        Revision(
            row["revision"], row["class"], _kind(row), bool(row["changes_conclusion"]), row["system_numerator"],
            row["system_denominator"], row["status"], row["extracts"] or "", row["published_at"], _says(row),
            _state(row, last_certified, len(found)),
        )
        for row in found
    ]  # fmt: skip


def _state(row: dict[str, Any], last_certified: int, newest: int) -> str:
    if row["status"] != "certified":
        return ""
    if row["revision"] < last_certified:
        return "superseded"
    return "certified" if row["revision"] == newest else "ended"


def _kind(row: dict[str, Any]) -> str:
    same = (row["system_numerator"], row["system_denominator"]) == (row["numerator_before"], row["denominator_before"])
    return "Change of status" if same and row["class"] == "correction" else CLASSES[row["class"]]


def _says(row: dict[str, Any]) -> str:
    if row["class"] == "scheduled":
        return "First published."
    number = _number(row["system_numerator"], row["system_denominator"])
    before = _number(row["numerator_before"], row["denominator_before"])
    why = {"method": "The definition changed. ", "late recording": "Later lists came. "}.get(row["class"], "")
    moved = "The number is the same" if number == before else f"The number changed from {before} to {number}"
    status = "" if row["status"] == row["status_before"] else f", its status now “{STATUS_WORDS[row['status']]}”"
    end = " This changes the conclusion." if row["changes_conclusion"] else " The conclusion is the same."
    return f"{why}{moved}{status}.{end}"


def _number(numerator: int, denominator: int | None) -> str:
    return f"{numerator:,}" if denominator is None else f"{numerator:,} of {denominator:,}"
