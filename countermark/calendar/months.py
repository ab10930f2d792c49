"""Month ends: the last days of months between two dates."""

from __future__ import annotations

from datetime import date, timedelta


def month_ends(first: date, last: date) -> list[date]:
    """The last day of every month that lies between two days, both included, oldest first."""
    found = []
    months = first.year * 12 + first.month  # counted from zero, so this is the month after
    while (end := date(months // 12, months % 12 + 1, 1) - timedelta(days=1)) <= last:
        found.append(end)
        months += 1
    return found
