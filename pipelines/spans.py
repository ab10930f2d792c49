"""Which positions a run is asked for: one date, or the month ends of a span. Refusals say what to type instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.commands.shared import UsageError, day

MOST_MONTHS = 120  # ten years; a longer span is more likely a slip of the finger
FIRST_DAY = date(2000, 1, 1)  # Dagster's partitions begin here


@dataclass(frozen=True)
class Span:
    """The positions of one run, oldest first. The last names the run; the others are made with it."""

    dates: tuple[date, ...]

    @property
    def as_at(self) -> date:
        """The run's own position."""
        return self.dates[-1]

    @property
    def earlier(self) -> tuple[date, ...]:
        """The month ends before it."""
        return self.dates[:-1]


def span_of(as_at: str | None, first: str | None, last: str | None, today: date) -> Span:
    """The positions that were asked for with `--as-at`, or with `--from` and `--to`. UsageError where that is no answer."""
    if as_at is not None:
        if first is not None or last is not None:
            raise UsageError("Say either --as-at for one position, or --from and --to for month ends: not both.")
        return Span((day(as_at),))
    if first is None or last is None:
        if first is None and last is None:
            raise UsageError("Say which position: --as-at YYYY-MM-DD, or --from and --to for every month end between.")
        lacking = "--from" if first is None else "--to"
        raise UsageError(f"{lacking} is missing: month ends are made between two dates.")
    return Span(_month_ends(day(first, "--from"), day(last, "--to"), today))


def _month_ends(first: date, last: date, today: date) -> tuple[date, ...]:
    from countermark.calendar.months import month_ends

    if first > last:
        raise UsageError(f"--from {first} lies after --to {last}: change them round.")
    if first < FIRST_DAY:
        raise UsageError(f"--from {first} is too early: positions begin with {FIRST_DAY}.")
    if last > today:
        raise UsageError(f"--to {last} has not come yet: the last day that can be asked for is {today}.")
    found = month_ends(first, last)
    if not found:
        raise UsageError(f"No month ends between {first} and {last}: for one position say --as-at {last}.")
    if len(found) > MOST_MONTHS:
        raise UsageError(
            f"Between {first} and {last} lie {len(found)} month ends; one run makes {MOST_MONTHS} at most: ask for them in parts."
        )
    return tuple(found)
