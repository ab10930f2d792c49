"""Working days for the histories: steps and draws of dates. What belongs here is date arithmetic; timescales do not."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from random import Random

from countermark.calendar.working_days import working_dates, working_days

wd = working_days


def add_wd(day: date, steps: int) -> date:
    """The `steps`th working day after `day`: wd(day, add_wd(day, n)) is n."""
    dates = working_dates()
    return dates[bisect_right(dates, day) - 1 + steps]


def draw_working_day(rng: Random, first: date, last: date) -> date:
    """A working day from `first` to `last`, both included."""
    dates = working_dates()
    low, high = bisect_right(dates, first - timedelta(days=1)), bisect_right(dates, last) - 1
    return dates[rng.randint(low, high)]


def months_before(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for back in range(4):
        try:
            return date(year, month + 1, day.day - back)
        except ValueError:
            continue
    raise ValueError("no such day")


def years_before(day: date, years: int) -> date:
    """The same calendar day `years` earlier; 29 February becomes the 28th."""
    return months_before(day, 12 * years)


def month_end_before(day: date, months: int) -> date:
    """The last day of the month `months` before that of `day`."""
    year, month = divmod(day.year * 12 + day.month - months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def is_month_end(day: date) -> bool:
    """Whether `day` is the last of its month."""
    return (day + timedelta(days=1)).month != day.month
