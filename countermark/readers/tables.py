"""From a sheet to rows of text under standard names: header found, rows sorted into kept, ignored and blank.

Whether a row is usable is decided in SQL by its types; a sheet is refused here where its headings do not allow it to be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import pyarrow as pa

from countermark.readers.astray import data_above, headings_in, out_of_order, row_is_blank, where
from countermark.readers.cells import SPACE, is_blank, text_column
from countermark.readers.headings import Layout, Match, as_told, find_header, fold
from countermark.readers.sheets import Sheet, letters

TOTAL = re.compile(
    r"(grand |sub |overall )?totals?( (number|count|rows|records|children|cases|of|for|all|in|list|\d+))*"
)
TOTAL_STARTS = frozenset("tTgGsSoO")
SUSPECT_STARTS = TOTAL_STARTS | frozenset(SPACE) | {""}
NUMBER = re.compile(r"-?[\d,]+(\.\d+)?%?")
HEADING = re.compile(r"[^\W\d]{2}")
LONGEST_HEADING = 120
FEW_CELLS = 2  # so many numbers without a key are sums; more are a row that lost its key


@dataclass
class Reading:
    """What became of one sheet. `state` is loaded, refused, empty or unknown; `table` has the kept (or refused) rows; `headings` are
    those found, as they may be told, each with its column, or empty where no column is meant."""

    sheet: str
    contract: str = ""
    state: str = "unknown"
    reason: str = ""
    rows_in: int = 0
    rows_ignored: int = 0
    table: pa.Table | None = None
    columns: tuple[str, ...] = ()
    headings: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_table(sheet: Sheet, layouts: Sequence[Layout], number: int = 0) -> Reading:
    """Read one sheet by the layout whose headings it has. `number` is the sheet's place in its file."""
    match = find_header(sheet.rows, layouts, sheet.name)
    if match is None:
        return Reading(sheet.name)
    kept, ignored, astray = _sort_rows(sheet, match)
    reading = Reading(sheet.name, match.layout.id, rows_in=len(kept) + ignored, rows_ignored=ignored)
    why = _why_refused(sheet, match) if not match.fits else out_of_order(sheet, match, astray)
    if why:
        above = data_above(sheet, match)
        every = [*above, *(i for i in range(match.row + 1, len(sheet.rows)) if not row_is_blank(sheet, i))]
        reading.state, reading.reason = "refused", why
        reading.rows_in, reading.rows_ignored, reading.table = len(every), 0, _places(sheet, every, number)
    elif not kept:
        reading.state = "empty"
        reading.reason = (
            f"{where(sheet)} has the headings of {match.layout.title} and no rows below them: "
            "an empty list is not taken as zero, so send it with its rows."
        )
    else:
        reading.state, reading.columns = "loaded", tuple(match.places)
        reading.headings = _headings(sheet, match, layouts)
        reading.table = _columns(sheet, match, kept, number)
    return reading


def _headings(sheet: Sheet, match: Match, layouts: Sequence[Layout]) -> list[tuple[str, str]]:
    """The header row as it may be told. What has no letters, or too many, is no heading and could be anything."""
    column_at = {place: column for column, place in match.places.items()}
    texts = [
        (place, " ".join(cell.split())) for place, cell in enumerate(sheet.rows[match.row]) if isinstance(cell, str)
    ]
    named = [(place, text, column_at.get(place, "")) for place, text in texts if text]
    return [
        (as_told(text, layouts, column, letters(sheet.first_column + place)), column)
        for place, text, column in named
        if column or (len(text) <= LONGEST_HEADING and HEADING.search(text))
    ]


def _why_refused(sheet: Sheet, match: Match) -> str:
    headers = match.layout.headers
    if match.missing:
        names = ", ".join(f"“{headers[column]}”" for column in match.missing)
        return (
            f"{where(sheet)} looks like {match.layout.title} and lacks the heading {names} "
            f"(headings are in row {sheet.numbers[match.row]}): add it and send the file again."
        )
    if match.rival:
        return (
            f"{where(sheet)} could be {match.layout.title} or {match.rival}: its headings say too little. Name the sheet after one of "
            "them, or add the headings that the other lacks, and send the file again."
        )
    column, places = next(iter(match.doubled.items()))
    cells = " and ".join(sheet.cell(match.row, place) for place in places)
    return f"Two headings mean “{headers[column]}”: {cells}. Leave one of them and send the file again."


def _sort_rows(sheet: Sheet, match: Match) -> tuple[list[int], int, int | None]:
    """The places of rows to keep below the header, how many are totals, titles or repeated headers, and where other headings follow."""
    rows, broken, numbers = sheet.rows, sheet.broken, sheet.numbers
    keys = [match.places[column] for column in match.layout.key or match.layout.must_have if column in match.places]
    first = keys[0] if keys else min(match.places.values())
    days = (n for n in match.layout.must_have if match.layout.kinds[n] == "date" and n in match.places)
    day = next((match.places[name] for name in days), first)
    suspect = {cell for row in rows[: match.row + 1] for cell in row if isinstance(cell, str)} | {sheet.name}
    titles = {fold(sheet.name)} | {_only_text(row) for row in rows[: match.row]}
    kept: list[int] = []
    ignored = 0
    for index in range(match.row + 1, len(rows)):
        row = rows[index]
        if _is_plainly_data(row, first, day, suspect):
            kept.append(index)
        elif numbers[index] not in broken and all(is_blank(cell) for cell in row):
            continue
        elif other := headings_in(row, match):
            if other.items() - match.places.items():
                return kept, ignored, index
            ignored += 1
        elif _is_ignored(row, broken.get(numbers[index], frozenset()), keys, match, rows[match.row], titles):
            ignored += 1
        else:
            kept.append(index)
    return kept, ignored, None


def _is_plainly_data(row: Sequence[Any], first: int, day: int, suspect: set[str]) -> bool:
    """The quick answer for nearly every row: a filled key that is no heading, a needed day that is no word, and no first cell that could
    say "total"."""
    if len(row) <= first or len(row) <= day:
        return False
    key, start, when = row[first], row[0], row[day]
    if type(key) is str and (key[:1] in SUSPECT_STARTS or key in suspect):
        return False
    if day != first and type(when) is str and when[:1].isalpha():
        return False
    return key is not None and (type(start) is not str or start[:1] not in TOTAL_STARTS)


def _only_text(row: Sequence[Any]) -> str:
    """The folded text of a row that holds one cell; empty for any other row."""
    filled = [cell for cell in row if not is_blank(cell)]
    return fold(filled[0]) if len(filled) == 1 and isinstance(filled[0], str) else ""


def _is_title(row: Sequence[Any], titles: set[str]) -> bool:
    only = _only_text(row)
    return bool(only) and only in titles


def _is_ignored(
    row: Sequence[Any],
    broken: frozenset[int],
    keys: Sequence[int],
    match: Match,
    header: Sequence[Any],
    titles: set[str],
) -> bool:
    """Whether a row that is not blank is a total, a title, a repeated header, or a note or sum beside or below the table."""
    filled = [place for place, cell in enumerate(row) if not is_blank(cell)]
    if filled and isinstance(row[filled[0]], str) and TOTAL.fullmatch(fold(row[filled[0]])):
        return True
    if all(row[place] == header[place] for place in match.places.values() if place < len(row)):
        return True
    if _is_title(row, titles):
        return True
    if any(place in filled or place in broken for place in keys):
        return False
    mapped = [place for place in filled if place in match.places.values()]
    return not mapped or (len(filled) <= FEW_CELLS and all(_is_number(row[place]) for place in filled))


def _is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) or (isinstance(cell, str) and NUMBER.fullmatch(cell.strip(SPACE)) is not None)


def _places(sheet: Sheet, kept: Sequence[int], number: int) -> pa.Table:
    return pa.table(
        {
            "row_number": pa.array([sheet.numbers[i] for i in kept], pa.int32()),
            "source_row": pa.array([sheet.source_row(i) for i in kept], pa.string()),
            "sheet_number": pa.array([number] * len(kept), pa.int32()),
        }
    )


def _columns(sheet: Sheet, match: Match, kept: Sequence[int], number: int) -> pa.Table:
    table = _places(sheet, kept, number)
    rows = sheet.rows
    by_place = list(zip_longest(*[rows[i] for i in kept], fillvalue=""))
    unreadable: dict[int, list[str]] = {}
    arrays: dict[str, list[str | None]] = {}
    for column, place in match.places.items():
        cells = by_place[place] if place < len(by_place) else [""] * len(kept)
        arrays[column], errors = text_column(cells, match.layout.kinds[column])
        for error in errors:
            unreadable.setdefault(error, []).append(column)
    _add_broken(sheet, match, kept, unreadable)
    for error, columns in unreadable.items():
        for column in columns:
            arrays[column][error] = None
    marks = pa.array([unreadable.get(i) for i in range(len(kept))], pa.list_(pa.string()))
    table = table.append_column("unreadable", marks)
    for column, texts in arrays.items():
        table = table.append_column(column, pa.array(texts, pa.string()))
    return table


def _add_broken(sheet: Sheet, match: Match, kept: Sequence[int], unreadable: dict[int, list[str]]) -> None:
    if not sheet.broken:
        return
    for index, row in enumerate(kept):
        places = sheet.broken.get(sheet.numbers[row])
        for column, place in match.places.items() if places else ():
            if places and place in places and column not in unreadable.get(index, []):
                unreadable.setdefault(index, []).append(column)
