"""England's working days, 1990 to 2040: Monday to Friday less bank holidays, one-off ones included.

Source: `sql/shared/bank_holidays.csv`, written by tools/bank_holidays.py from the `holidays` package (England) and held
against it by a test; a bank holiday proclaimed later is one more line there. Council closure days are working days.
What belongs here is the calendar alone; timescales belong to the indicators.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2040, 12, 31)
BANK_HOLIDAYS = Path(__file__).resolve().parents[2] / "sql" / "shared" / "bank_holidays.csv"


class OutsideCalendarError(ValueError):
    """A date that the calendar does not know."""


@lru_cache(maxsize=1)
def bank_holidays() -> frozenset[date]:
    """England's bank holidays from FIRST_DAY to LAST_DAY."""
    with BANK_HOLIDAYS.open(encoding="utf-8", newline="") as file:
        return frozenset(date.fromisoformat(row["day"]) for row in csv.DictReader(file))


@lru_cache(maxsize=1)
def working_dates() -> tuple[date, ...]:
    """Every working day of the calendar, in order."""
    span = (LAST_DAY - FIRST_DAY).days + 1
    days = (FIRST_DAY + timedelta(days=i) for i in range(span))
    off = bank_holidays()
    return tuple(day for day in days if day.weekday() < 5 and day not in off)


def working_days(a: date, b: date) -> int:
    """Working days after `a`, up to and including `b`; negative where b lies before a.

    Raises OutsideCalendarError for a date outside FIRST_DAY to LAST_DAY.
    """
    for day in (a, b):
        if not FIRST_DAY <= day <= LAST_DAY:
            raise OutsideCalendarError("a date lies outside the calendar of 1990 to 2040")
    dates = working_dates()
    return bisect_right(dates, b) - bisect_right(dates, a)


def working_days_since(day: date, today: date) -> int:
    """How many working days ago a day was, at least 0; for one before the calendar, those of the whole calendar."""
    return max(0, working_days(min(max(day, FIRST_DAY), LAST_DAY), today))
