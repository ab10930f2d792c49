"""The small pictures beside a figure: its last months, its range, the icon of its signal. Drawn by hand, since a page holds dozens."""

from __future__ import annotations

from datetime import date

from countermark.charts.draw import framed
from countermark.charts.look import GREY, INK, JUDGED
from countermark.signals.series import JUDGED_WORDS, Judged, Point, Series
from countermark.words import day, is_measured, measured

WIDTH, HEIGHT, EDGE = 120, 32, 5
MONTHS = 24


def sparkline(series: Series, as_at: date | None = None) -> str:
    """The last two years' points up to a day as a line, the last one marked as it is judged; empty with fewer than two points."""
    points = [p for p in series.judged_points if as_at is None or p.as_at <= as_at][-MONTHS:]
    if len(points) < 2:
        return ""
    values = [float(point.value or 0) for point in points]
    low, high = min(values), max(values)
    if series.unit == "percent":  # a flat line must look flat: no share's picture spans less than a tenth
        low, high = min(low, high - 0.1), max(high, low + 0.1)
    spread = (high - low) or 1
    first, last = points[0].as_at.toordinal(), points[-1].as_at.toordinal()
    at = [
        (
            EDGE + (p.as_at.toordinal() - first) / (last - first) * (WIDTH - 2 * EDGE),
            HEIGHT - EDGE - (v - low) / spread * (HEIGHT - 2 * EDGE),
        )
        for p, v in zip(points, values, strict=True)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    drawn = f'<polyline points="{line}" fill="none" stroke="{GREY}" stroke-width="1.8" stroke-linejoin="round"/>'
    body = drawn + _mark(*at[-1], points[-1].judged)
    says = f"From {_value(points[0], series)} at {day(points[0].as_at)} to {_value(points[-1], series)} at {day(points[-1].as_at)}."
    return framed(body, f"0 0 {WIDTH} {HEIGHT}", f"Trend of {series.title}", says)


def _value(point: Point, series: Series) -> str:
    if is_measured(series.unit):
        return measured(point.value, series.unit)
    return f"{point.value:.1%}" if series.unit == "percent" and point.value is not None else f"{point.numerator}"


def signal_icon(judged: Judged, whither: int = 0) -> str:
    """The sign of a signal: its shape and colour, an arrow for where it goes. Always beside its words."""
    arrow = {1: '<path d="M26 15V4M22 8l4-4 4 4"', -1: '<path d="M26 5v11M22 12l4 4 4-4"'}.get(whither, "")
    drawn = f'{arrow} fill="none" stroke="{INK}" stroke-width="1.8"/>' if arrow else ""
    return framed(f"{_mark(10, 10, judged, 6)}{drawn}", "0 0 34 20", JUDGED_WORDS[judged], JUDGED_WORDS[judged])


def standing_icon(standing: str) -> str:
    """How a figure stands beside its target, as a sign told by its shape alone: a tick, a bar or a cross in a ring."""
    sign = {"on_target": "M5.5 10.5l3 3 6-7", "within_band": "M5.5 10h9", "off": "M6.5 6.5l7 7M13.5 6.5l-7 7"}[standing]
    drawn = f'<circle cx="10" cy="10" r="8.5" fill="none" stroke="{INK}" stroke-width="1.6"/>'
    says = {"on_target": "Where it should be", "within_band": "Within the band", "off": "Not where it should be"}[
        standing
    ]
    return framed(f'{drawn}<path d="{sign}" fill="none" stroke="{INK}" stroke-width="2"/>', "0 0 20 20", says, says)


def range_bar(low: int, value: int, high: int, whole: int) -> str:
    """Between how many and how many of all, as a bar: the range dark, the recorded number a line through it. ValueError if it cannot be."""
    if not 0 <= low <= high <= whole:
        raise ValueError("a range lies between nothing and all")

    def at(number: int) -> float:
        return 2 + number / (whole or 1) * 196

    body = (
        f'<rect x="2" y="7" width="196" height="6" fill="#f3f3f3" stroke="{GREY}" stroke-width="0.8"/>'
        f'<rect x="{at(low):.1f}" y="5" width="{max(at(high) - at(low), 1):.1f}" height="10" fill="{GREY}"/>'
        f'<rect x="{at(min(max(value, 0), whole)) - 1.5:.1f}" y="0" width="3" height="20" fill="{INK}" stroke="#fff" stroke-width="0.8"/>'
    )
    return framed(body, "0 0 200 20", "Range", f"Between {low} and {high} of {whole}, recorded {value}.")


def _mark(x: float, y: float, judged: Judged, size: float = 3.6) -> str:
    _, colour, shape = JUDGED[judged]
    s = size
    paths = {
        "square": f"M{x - s:.1f},{y - s:.1f}h{2 * s:.1f}v{2 * s:.1f}h{-2 * s:.1f}z",
        "diamond": f"M{x:.1f},{y - 1.3 * s:.1f}l{1.3 * s:.1f},{1.3 * s:.1f}l{-1.3 * s:.1f},{1.3 * s:.1f}l{-1.3 * s:.1f},{-1.3 * s:.1f}z",
        "triangle-up": f"M{x:.1f},{y - 1.2 * s:.1f}l{1.2 * s:.1f},{2.2 * s:.1f}h{-2.4 * s:.1f}z",
    }
    if shape in paths:
        return f'<path d="{paths[shape]}" fill="{colour}"/>'
    if judged == "none":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{s - 0.8:.1f}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{s:.1f}" fill="{colour}"/>'
