"""Cells and working days as the contract words them. Text in, typed values out; no file formats and no tables.

Own code throughout: nothing here imports the product.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

from holidays import country_holidays

FIRST_YEAR, LAST_YEAR = 1990, 2040


class Unusable(Enum):
    """A cell that is not blank and cannot be used."""

    UNUSABLE = "unusable"


UNUSABLE = Unusable.UNUSABLE
Cell = date | str | int | bool | Unusable | None
Row = dict[str, Cell]

YES = {"yes", "y", "1", "true"}
NO = {"no", "n", "0", "false"}


@lru_cache(maxsize=1)
def _bank_holidays() -> frozenset[date]:
    return frozenset(country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR, LAST_YEAR + 1)))


def is_working_day(day: date) -> bool:
    """Monday to Friday and no bank holiday of England."""
    return day.weekday() < 5 and day not in _bank_holidays()


def working_days(a: date, b: date) -> int:
    """Working days after a, up to and including b; counted backwards and negative where b lies before a."""
    if b < a:
        return -working_days(b, a)
    return sum(is_working_day(a + timedelta(days=i)) for i in range(1, (b - a).days + 1))


def add_working_days(day: date, n: int) -> date:
    """The nth working day after `day`."""
    while n:
        day += timedelta(days=1)
        n -= is_working_day(day)
    return day


def years_before(day: date, n: int) -> date:
    """The same calendar day n years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - n)
    except ValueError:
        return day.replace(year=day.year - n, day=28)


def standard_name(header: str) -> str:
    """The standard column name of a header."""
    plain = re.sub("['’‘`]", "", unicodedata.normalize("NFKC", header)).casefold()
    return re.sub(r"[^0-9a-z]+", "_", plain).strip("_")


def blank(text: str | None) -> bool:
    """White space is blank."""
    return text is None or not text.strip()


def as_date(text: str | None) -> date | Unusable | None:
    """ISO or DD/MM/YYYY, a time of day cut off; a date that the calendar does not know cannot be used."""
    if blank(text):
        return None
    bare = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", str(text).strip())
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", bare)
    british = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", bare)
    if iso:
        parts = [int(part) for part in iso.groups()]
    elif british:
        parts = [int(part) for part in reversed(british.groups())]
    else:
        return UNUSABLE
    try:
        day = date(*parts)
    except ValueError:
        return UNUSABLE
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else UNUSABLE


def as_id(text: str | None) -> str | None:
    """Trimmed, upper case, no trailing .0; leading zeros stay."""
    return None if blank(text) else re.sub(r"\.0$", "", str(text).strip().upper())


def as_text(text: str | None) -> str | None:
    """Trimmed with spaces folded."""
    return None if blank(text) else " ".join(str(text).split())


def as_integer(text: str | None) -> int | Unusable | None:
    """A whole number."""
    if blank(text):
        return None
    found = re.fullmatch(r"(-?\d+)(\.0+)?", str(text).strip())
    return int(found.group(1)) if found else UNUSABLE


def as_yes(text: str | None) -> bool | str | Unusable | None:
    """Yes and no with or without their letter, True and False; `unknown` where the set knows that answer."""
    if blank(text):
        return None
    word = re.sub(r"^[a-z]\)\s*", "", str(text).strip().casefold())
    if word in YES:
        return True
    if word in NO:
        return False
    return "unknown" if word == "unknown" else UNUSABLE


def as_code(text: str | None) -> str | Unusable | None:
    """The short code before a colon or dash (`V3: Short term breaks` is V3)."""
    if blank(text):
        return None
    found = re.match(r"\s*(?:[a-z]+\)\s*)?([A-Za-z]\d[A-Za-z]?)(?=$|[\s:–-])", str(text))
    return found.group(1).upper() if found else UNUSABLE
