"""One figure in words, for its audience: number, range in cases, status, certificate line. Rows in, sentences out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from countermark.desk.bound import percent, said
from countermark.desk.figures import Figure
from countermark.pack.model import NOT_AVAILABLE, SUPPRESSED, Audience, Told
from countermark.words import (
    NOTHING_BOUNDS,
    STATUS_WORDS,
    day,
    is_measured,
    measured,
    plain,
    sentence,
    unit,
    without_range,
)

Row = dict[str, Any]


@dataclass(frozen=True)
class Signed:
    """Who signed a figure, by role, when, and when the signature lapsed, where it has since."""

    role: str
    on: date
    lapsed: date | None


def number(row: Row, side: str = "system") -> str:
    """The figure in words and digits; `[c]` where it is suppressed, `[x]` where there is none."""
    if row.get("suppressed"):
        return SUPPRESSED
    if row["status"] == "withheld":
        return NOT_AVAILABLE
    if is_measured(row["unit"]):
        return measured(row[f"{side}_value"], row["unit"])
    return said(row[f"{side}_numerator"], row[f"{side}_denominator"], row["unit"] == "percent", row["case_unit"])


def share_range(row: Row) -> str:
    """The range of the value: `between 83.5% and 94.9%`; `[c]`, `[x]` likewise."""
    if row.get("suppressed") or "range_low" in (row.get("suppressed_cells") or ""):
        return SUPPRESSED
    if row["status"] == "withheld" or row["range_low"] is None or row["range_high"] is None:
        return NOT_AVAILABLE
    low, high = row["range_low"], row["range_high"]
    words = [
        measured(end, row["unit"])
        if is_measured(row["unit"])
        else percent(end)
        if row["unit"] == "percent"
        else str(round(end))
        for end in (low, high)
    ]
    return f"exactly {words[0]}" if words[0] == words[1] else f"between {words[0]} and {words[1]}"


def cases_range(figure: Figure) -> str:
    """How many cases worry, at least and at most: `At least 7 and at most 16 children do not meet this`."""
    if figure.range_low is None or figure.fewest is None or figure.most is None:
        return without_range(figure.range_says if NOTHING_BOUNDS in figure.range_says else "").rstrip(".")
    low, high = figure.fewest, figure.most
    verbs = ("does not meet", "do not meet") if figure.counts_unmet else ("is counted by", "are counted by")
    bounds = f"Exactly {low}" if low == high else f"At least {low} and at most {high}"
    return f"{bounds} {unit(figure.case_unit, high)} {verbs[high != 1]} this"


def signature(signed: Signed | None) -> str:
    """Who signed, when, until when."""
    if signed is None:
        return "Not signed"
    ends = f"lapsed on {day(signed.lapsed)}" if signed.lapsed else "holds until what it rests on changes"
    return f"Signed by the {signed.role} on {day(signed.on)}; {ends}"


def tell(row: Row, figure: Figure | None, signed: Signed | None, audience: Audience) -> Told:
    """One figure for its audience. `figure` has the range in cases, which the public is not given."""
    between = share_range(row)
    cases = cases_range(figure) if figure and audience == "leader" else f"Range {between}"
    words = STATUS_WORDS[row["status"]]
    return Told(
        row["indicator_id"], row["title"], row["question"], row["theme"], bool(row["headline"]), number(row),
        number(row, "manual") if audience == "leader" else "", between, row["status"], words, why(row),
        f"{words}. {cases}. {signature(signed)}.", row["revision"],
    )  # fmt: skip


def why(row: Row) -> str:
    """The status's reason without the words of the status, which stand before it; empty where they say it all."""
    reason = str(row["status_reason"])
    head, _, rest = reason.partition(": ")
    if reason.rstrip(".") in STATUS_WORDS.values():
        return ""
    return sentence(rest) if head in ("Being checked", "Not reliable enough to report") else reason


def standing(told: list[Told]) -> str:
    """How many figures are in which status: the line of pages that show many."""
    counts = [(words, sum(one.status == status for one in told)) for status, words in STATUS_WORDS.items()]
    return ". ".join(f"{words}: {count} of {len(told)} figures" for words, count in counts) + "."


def change(before: Row, now: Row) -> str:
    """What became of a figure since the date before, in a sentence."""
    old, new = number(before), number(now)
    if SUPPRESSED in (old, new) or NOT_AVAILABLE in (old, new):
        moved = "No comparison can be shown."
    else:
        a, b = before["system_value"], now["system_value"]
        moved = "Unchanged." if a == b else "No share." if a is None or b is None else _moved(a, b, now["unit"])
    if before["status"] != now["status"]:
        moved += f" It was “{STATUS_WORDS[before['status']]}” and is now “{STATUS_WORDS[now['status']]}”."
    return moved


def _moved(a: float, b: float, kind: str) -> str:
    by = f"{abs(b - a) * 100:.1f} percentage points" if kind == "percent" else plain(abs(b - a))
    return f"{'Up' if b > a else 'Down'} by {by}."
