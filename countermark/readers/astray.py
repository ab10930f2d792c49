"""Whether the rows of a sheet can be told by the header that was found, or the sheet was edited so that they cannot: the headings sorted in
among the rows, two tables in one sheet, a heading over several columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from countermark.readers.cells import is_blank
from countermark.readers.headings import LEAST_HEADINGS, Match, fold
from countermark.readers.sheets import Sheet

WITH_FIGURES = ("id", "date", "integer", "number", "age")


def where(sheet: Sheet) -> str:
    """The sheet as a sentence begins with it."""
    return f"Sheet {sheet.name}" if sheet.name else "The file"


def out_of_order(sheet: Sheet, match: Match, astray: int | None) -> str:
    """Why rows cannot be told by this header: it was sorted in among them, it spans columns, or other headings stand above or below.
    Empty where they can."""
    header = sheet.numbers[match.row]
    astray = astray if astray is not None else _header_above(sheet, match)
    if astray is not None:
        return (
            f"{where(sheet)} has headings in row {header} and others, in another order, in row {sheet.numbers[astray]}: put each table "
            "into a sheet of its own and send the file again."
        )
    above = data_above(sheet, match)
    if above:
        return (
            f"{where(sheet)} has its headings in row {header} and rows of the list above them (row {sheet.numbers[above[0]]}): move the "
            "headings to the top and send the file again."
        )
    wide = _spanning(sheet, match)
    if wide is not None:
        return (
            f"The heading in {sheet.cell(match.row, wide)} is merged over columns that hold entries, and nobody can say of which it is the "
            "heading: undo the merge and send the file again."
        )
    return ""


def _header_above(sheet: Sheet, match: Match) -> int | None:
    """The place of a row above the header that is a header too: it names half of the columns, and has rows of its own below it or
    names them elsewhere."""
    for index in range(match.row):
        named = headings_in(sheet.rows[index], match)
        elsewhere = named.items() - match.places.items()
        between = any(not row_is_blank(sheet, row) for row in range(index + 1, match.row))
        half = (len(match.places) + 1) // 2
        if len(named) >= half and (between or len(elsewhere) >= half):
            return index
    return None


def _spanning(sheet: Sheet, match: Match) -> int | None:
    """The place of a heading that is merged with the blank cell beside it, where the column below that cell holds something."""
    merged, header = sheet.broken.get(sheet.numbers[match.row], frozenset()), sheet.rows[match.row]
    for place in match.places.values():
        beside = place + 1
        spans = {place, beside} <= merged and beside < len(header) and is_blank(header[beside])
        if spans and any(beside < len(row) and not is_blank(row[beside]) for row in sheet.rows[match.row + 1 :]):
            return place
    return None


def data_above(sheet: Sheet, match: Match) -> list[int]:
    """Rows above the header that look like rows of the list: at least half of the cells, and figures where an id, a date or a number
    belongs."""
    kinds, places = match.layout.kinds, match.places
    figures = {place for name, place in places.items() if kinds[name] in WITH_FIGURES}
    return [i for i in range(match.row) if _is_of_list(sheet.rows[i], places, figures)]


def _is_of_list(row: Sequence[Any], places: Mapping[str, int], figures: AbstractSet[int]) -> bool:
    filled = {place for place in places.values() if place < len(row) and not is_blank(row[place])}
    least = max(LEAST_HEADINGS + 1, (len(places) + 1) // 2)
    return len(filled) >= least and any(_has_figures(row[at]) for at in figures & filled)


def _has_figures(cell: Any) -> bool:
    return not isinstance(cell, str) or any(sign.isdigit() for sign in cell)


def headings_in(row: Sequence[Any], match: Match) -> dict[str, int]:
    """The columns that a row below the header names and where, if it names at least a third of them; else nothing."""
    headings = match.layout.headings
    folded = ((place, fold(cell)) for place, cell in enumerate(row) if isinstance(cell, str))
    found = {headings[heading]: place for place, heading in folded if heading in headings}
    return found if len(found) >= max(LEAST_HEADINGS, (len(match.places) + 2) // 3) else {}


def row_is_blank(sheet: Sheet, index: int) -> bool:
    """Whether a row holds nothing but white space, and nothing unreadable."""
    return sheet.numbers[index] not in sheet.broken and all(is_blank(cell) for cell in sheet.rows[index])
