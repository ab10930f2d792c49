"""The words of a control chart: a point's value, its limits, and the whole chart for those who cannot see it."""

from __future__ import annotations

from datetime import date

from countermark.contracts.events import OTHER
from countermark.signals.series import LEAST_POINTS, SMALL, Point, Series, says
from countermark.words import day, is_measured, measured, unit


def value_text(point: Point, series: Series) -> str:
    """A point's value as text: a percentage, counts where there are few cases, a number."""
    if point.value is None:
        return "[x]"
    if is_measured(series.unit):
        return measured(point.value, series.unit)
    if series.unit != "percent":
        return f"{point.numerator}"
    return (
        f"{point.numerator} of {point.denominator}"
        if (point.denominator or 0) < SMALL
        else f"{round(point.value * 100, 1):g}%"
    )


def told(series: Series, named: date) -> str:
    """The chart in words: what it shows, the named point, the limits, how it is judged."""
    judged = series.judged_points
    what = (
        f"{len(judged)} month ends from {day(judged[0].as_at)} to {day(judged[-1].as_at)}" if judged else "No month end"
    )
    parts = [f"{what}."]
    point = series.at(named)
    if point is not None and point.value is not None:
        of = f" ({point.numerator} of {point.denominator} {unit(series.case_unit, point.denominator or 0)})"
        parts.append(
            f"{value_text(point, series)}{of if series.unit == 'percent' and '%' in value_text(point, series) else ''} at {day(named)}."
        )
    if point is not None and point.centre is not None and point.lower is not None and point.upper is not None:
        parts.append(f"{limits_text(point, series)}.")
    elif not series.has_limits:
        parts.append(f"No limits with fewer than {LEAST_POINTS} month ends.")
    parts.append(says(series, named)[1])
    parts += [f"Judged anew from {day(cut.from_day)}: {cut.reason}." for cut in series.cuts_between]
    parts += [f"Marked on {day(mark.on)}: {mark.says}." for mark in series.marks_between if mark.kind == OTHER]
    return " ".join(parts)


def limits_text(point: Point, series: Series) -> str:
    """Average and limits as text."""
    if point.centre is None or point.lower is None or point.upper is None:
        return "No limits"
    if series.unit == "percent":
        low, high = max(0.0, point.lower), min(1.0, point.upper)
        return f"Average {point.centre:.1%}, limits {low:.1%} and {high:.1%}"
    return f"Average {point.centre:.1f}, limits {max(0.0, point.lower):.1f} and {point.upper:.1f}"
