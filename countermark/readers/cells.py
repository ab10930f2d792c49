"""Cells to text, a column at a time: one spelling for dates, numbers and blanks. What a text means is decided in SQL, not here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

# White space that people cannot see: str.strip() knows the first kind, and not zero-width spaces and stray byte-order marks.
SPACE = (
    " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
)
SPACE += "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
ERRORS = frozenset(
    ("#N/A", "#NA", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)


def is_blank(cell: Any) -> bool:
    """Whether a cell holds nothing but white space."""
    return cell is None or (isinstance(cell, str) and not cell.strip(SPACE))


def _text(cell: str) -> str | None:
    return cell.strip(SPACE) or None


def _float(cell: float) -> str:
    return str(int(cell)) if cell.is_integer() else repr(cell)


def _boolean(cell: bool) -> str:
    return "TRUE" if cell else "FALSE"


CONVERT: dict[type, Callable[[Any], str | None]] = {
    str: _text,
    float: _float,
    int: str,
    bool: _boolean,
    datetime: lambda cell: cell.date().isoformat(),
    date: date.isoformat,
    time: time.isoformat,
    timedelta: str,
    type(None): lambda cell: None,
}
EQUAL_ACROSS = {int, float, bool}  # 1, 1.0 and True are one key of a dictionary, and three texts
NO_ID = frozenset((datetime, date, time, timedelta, bool))  # an id shown as a date is not what anybody typed
MOST_DIGITS = 1e15  # a spreadsheet keeps 15 digits of a number: of a longer id the end is lost


def identifier(text: str) -> str:
    """An id as it is compared: upper case, and without the `.0` that a spreadsheet adds to a number."""
    return text.upper().removesuffix(".0")


def _texts(cells: list[Any]) -> list[str | None]:
    """The text of each cell. A column says few things many times, so each of them is converted once."""
    convert = CONVERT
    if len({*map(type, cells)} & EQUAL_ACROSS) > 1:
        return [convert[type(cell)](cell) for cell in cells]
    known = {cell: convert[type(cell)](cell) for cell in set(cells)}
    return list(map(known.__getitem__, cells))


def _may_hold_no_id(cells: list[Any]) -> bool:
    return not {*map(type, cells)} <= {str, type(None)}


def _is_no_id(cell: Any) -> bool:
    return type(cell) in NO_ID or (type(cell) is float and abs(cell) >= MOST_DIGITS)


def text_column(cells: Iterable[Any], kind: str) -> tuple[list[str | None], list[int]]:
    """The texts of a column of type `kind`, and the places of cells that spell an error or are no such thing (their text is None)."""
    given = list(cells)
    texts = _texts(given)
    errors = {text for text in {*texts} if text and text[0] == "#" and text.upper() in ERRORS}
    found = [place for place, text in enumerate(texts) if text in errors] if errors else []
    if kind == "id":
        found += [place for place, cell in enumerate(given) if _is_no_id(cell)] if _may_hold_no_id(given) else []
    for place in found:
        texts[place] = None
    if kind == "id":
        texts = [identifier(text) if text is not None else None for text in texts]
    return texts, found
