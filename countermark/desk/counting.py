"""A count typed in at the desk: checked in plain words, then a file like any other that a team hands in."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import Indicator
from countermark.ledger.records import LedgerError

HEADERS = (
    "indicator_id", "team", "as_at", "unit", "numerator", "denominator", "counted_by", "counted_at", "method", "note",
)  # fmt: skip
METHODS = ("case_file", "own_list", "whiteboard", "prefilled", "system_report")
LARGEST_COUNT = 1_000_000


@dataclass(frozen=True)
class TypedCount:
    """One count as typed. `denominator` is None for a headcount."""

    indicator_id: str
    team: str
    as_at: date
    numerator: int
    denominator: int | None
    method: str
    note: str
    counted_by: str
    counted_at: date


def problems(count: TypedCount, indicator: Indicator, today: date) -> dict[str, str]:
    """What is wrong with a count, by field; empty where nothing is."""
    found: dict[str, str] = {}
    if not 0 <= count.numerator <= LARGEST_COUNT:
        found["numerator"] = "Enter a whole number from 0 up"
    if indicator.measures == "share":
        if count.denominator is None or not 0 <= count.denominator <= LARGEST_COUNT:
            found["denominator"] = "Enter a whole number from 0 up"
        elif count.numerator > count.denominator:
            found["numerator"] = "Those that meet it cannot be more than all who count"
    if count.method not in METHODS:
        found["method"] = "Choose how it was counted"
    if count.as_at > today:
        found["as_at"] = "Choose a date that has come"
    return found


def as_file(count: TypedCount, catalogue: Catalogue) -> bytes:
    """The count as a file in the layout of manual counts. LedgerError for an unknown measure."""
    indicator = catalogue.indicators.get(count.indicator_id)
    if indicator is None:
        raise LedgerError("There is no such measure.")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADERS)
    writer.writerow([
        count.indicator_id, count.team, count.as_at.isoformat(), indicator.case_unit, count.numerator,
        "" if indicator.measures == "count" or count.denominator is None else count.denominator, count.counted_by,
        count.counted_at.isoformat(), count.method, " ".join(count.note.split()),
    ])  # fmt: skip
    return out.getvalue().encode("utf-8")
