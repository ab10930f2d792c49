"""One indicator's figures of one team, month end by month end, with limits and signals. Shapes and words; SQL finds the signals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from countermark.words import day

Judged = Literal["improvement", "concern", "change", "common", "none"]

LIMIT = 2.66  # × the mean moving range: NHS Making Data Count; three standard deviations of an XmR chart
NEAR = 1.77  # two thirds of the way to a limit
SCREEN = 3.267  # moving ranges of this times their mean and more are left out of it
LEAST_POINTS = 13  # with fewer, limits say little; the plausible check uses the same number
SMALL = 20  # a share of fewer cases moves by five points with each of them: its counts are shown
NOTHING = 1e-9  # a difference of means smaller than this is rounding

SIGNAL_WORDS = {
    "outside": "outside what chance explains",
    "trend": "seven in a row in one direction",
    "two_of_three": "two of three close to a limit",
    "one_side": "seven in a row on one side of the average",
}
JUDGED_WORDS = {
    "improvement": "Improving, more than chance explains",
    "concern": "Getting worse, more than chance explains",
    "change": "Changing, more than chance explains",
    "common": "No change that chance does not explain",
    "none": "Too early to tell a change from chance",
}


@dataclass(frozen=True)
class Cut:
    """From this day a series is judged anew. `reason` says why; `by` is who decided it, for officers; `kind` is that of the event, where
    the authority marks the day."""

    authority: str
    indicator_id: str
    team: str
    from_day: date
    reason: str
    by: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Mark:
    """A day that the authority marks: a line in the chart, with what it was in words."""

    on: date
    kind: str
    says: str


@dataclass(frozen=True)
class Point:
    """One month end. `value` is None where there is no figure that may be judged; limits are None where there are too few points."""

    as_at: date
    numerator: int | None
    denominator: int | None
    recorded: float | None
    value: float | None
    status: str
    reconstructed: bool = False
    range_low: float | None = None
    range_high: float | None = None
    since: date | None = None
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    signal: str | None = None
    whither: int = 0
    judged: Judged = "none"


@dataclass(frozen=True)
class Series:
    """The points of one indicator and team, oldest first, with the days from which it was judged anew."""

    authority: str
    indicator_id: str
    team: str
    title: str
    unit: str
    case_unit: str
    better: str
    points: tuple[Point, ...]
    cuts: tuple[Cut, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def judged_points(self) -> tuple[Point, ...]:
        """The points with a value that takes part."""
        return tuple(point for point in self.points if point.value is not None)

    @property
    def has_limits(self) -> bool:
        """Whether any stretch has points enough."""
        return any(point.centre is not None for point in self.points)

    @property
    def cuts_between(self) -> tuple[Cut, ...]:
        """The days from which it was judged anew that have points on both sides."""
        return tuple(cut for cut in self.cuts if self._is_between(cut.from_day))

    @property
    def marks_between(self) -> tuple[Mark, ...]:
        """The marked days that have points on both sides."""
        return tuple(mark for mark in self.marks if self._is_between(mark.on))

    def _is_between(self, day: date) -> bool:
        return bool(self.points) and self.points[0].as_at < day <= self.points[-1].as_at

    @property
    def is_small(self) -> bool:
        """Whether half of its shares, or more, are of so few cases that counts say more."""
        sizes = sorted(point.denominator for point in self.judged_points if point.denominator is not None)
        return bool(sizes) and sizes[len(sizes) // 2] < SMALL

    def upto(self, as_at: date) -> Series:
        """The series as it stood: without later points. Limits stay those of all points."""
        return Series(
            self.authority, self.indicator_id, self.team, self.title, self.unit, self.case_unit, self.better,
            tuple(point for point in self.points if point.as_at <= as_at), self.cuts, self.marks,
        )  # fmt: skip

    def at(self, as_at: date) -> Point | None:
        """The point of a day."""
        return next((point for point in self.points if point.as_at == as_at), None)

    def before(self, as_at: date) -> Point | None:
        """The newest judged point before a day."""
        return next((point for point in reversed(self.judged_points) if point.as_at < as_at), None)


def says(series: Series, as_at: date) -> tuple[Judged, str]:
    """How the point of a day is judged, and why, in a sentence for people."""
    point = series.at(as_at)
    if point is None:
        return "none", "Only month ends are followed, and this day is none."
    if point.value is None:
        return "none", "This month's figure is not reliable enough to be compared with earlier ones."
    if point.centre is None:
        there = sum(_in_stretch(one, series, as_at) for one in series.judged_points)
        months = "month end" if there == 1 else "month ends"
        begun = [cut for cut in series.cuts_between if cut.from_day <= as_at]
        since = f" since {day(begun[-1].from_day)}" if begun else ""
        return (
            "none",
            f"Too early to tell a change from chance: {there} {months} so far{since}, {LEAST_POINTS} are needed.",
        )
    why = f": {SIGNAL_WORDS[point.signal]}" if point.signal else ""
    return point.judged, f"{JUDGED_WORDS[point.judged]}{why}."


def _in_stretch(point: Point, series: Series, as_at: date) -> bool:
    since = max((cut.from_day for cut in series.cuts if cut.from_day <= as_at), default=date.min)
    return since <= point.as_at <= as_at
