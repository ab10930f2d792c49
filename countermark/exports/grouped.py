"""The headings between the differences of a team's workbook: how many pieces of work each group has and what they move.

A heading stands in the first column alone, which no file layout reads: so it is ignored as the workbook comes back, wherever somebody
moved or copied it, and the rows keep their own keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BANDS = {
    1: "Moves a headline figure",
    2: "Moves another figure",
    3: "Moves no figure",
    4: "Decided already (look again only where it is wrong)",
}
MOST_NAMED = 2
TO_ADD = (
    "A child is missing? Add a row below: the child's id under Case, your question under In your words; and Indicator ID, Team and As at, "
    "as in the rows above."
)


@dataclass(frozen=True)
class Heading:
    """A row that says what the rows below it are; `level` 0 is a band, 1 a reason in it."""

    level: int
    says: str


def with_headings(
    found: Sequence[Mapping[str, Any]], rows: Sequence[tuple[Any, ...]], reasons: Mapping[str, str]
) -> list[Heading | tuple[Any, ...]]:
    """The rows with the headings between them. `found` are those of `differences.sql`, `rows` the same as the sheet shows them."""
    sheet: list[Heading | tuple[Any, ...]] = []
    band = because = None
    for one, row in zip(found, rows, strict=True):
        if one["band"] != band:
            band, because = one["band"], None
            sheet.append(Heading(0, f"{BANDS[band]}: {_many(one['band_pieces'], one['band_differences'])}"))
        if one["because"] != because:
            because = one["because"]
            sheet.append(Heading(1, _group(one, reasons.get(because, because))))
        sheet.append(row)
    return sheet


def _group(one: Mapping[str, Any], reason: str) -> str:
    says = f"{reason[:1].upper()}{reason[1:]}: {_many(one['pieces'], one['differences'])}"
    moved = [f"{_who_has_more(move)} in “{move['title']}”" for move in one["moved"] or []]
    named, more = moved[:MOST_NAMED], len(moved) - MOST_NAMED
    if more > 0:
        named.append(f"and so on in {more} other {'measures' if more > 1 else 'measure'}")
    return f"{says}; {', '.join(named)}" if named else says


def _who_has_more(move: Mapping[str, Any]) -> str:
    sides = (("the list", move["list_more"]), ("the system", move["system_more"]))
    return " and ".join(f"{side} has {number} more" for side, number in sides if number)


def _many(pieces: int, differences: int) -> str:
    """How many pieces of work, and of how many differences where it is another number."""
    work = f"{pieces} {'piece' if pieces == 1 else 'pieces'} of work"
    return work if pieces == differences else f"{work} with {differences} differences"
