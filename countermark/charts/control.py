"""The control chart: a series with its limits, signals, ranges and the days from which it was judged anew."""

from __future__ import annotations

from datetime import date
from typing import Any

from countermark.charts.draw import Drawing, as_svg
from countermark.charts.look import FAINT, GREY, INK, JUDGED, NARROW, PAPER, WIDE
from countermark.charts.told import told, value_text
from countermark.contracts.events import LABELS
from countermark.signals.series import Point, Series
from countermark.words import is_measured, plain

Row = dict[str, Any]


def control_chart(
    series: Series, as_at: date | None = None, *, narrow: bool = False, shows_withheld: bool = False
) -> str:
    """The chart as SVG. `as_at` is the point to be named (default the last); `shows_withheld` draws what was recorded, for officers."""
    return as_svg(control_drawing(series, as_at, narrow=narrow, shows_withheld=shows_withheld))


def control_drawing(
    series: Series, as_at: date | None = None, *, narrow: bool = False, shows_withheld: bool = False
) -> Drawing:
    """The chart as a drawing, for SVG or PNG. ValueError for a series without a point."""
    if not series.points:
        raise ValueError("a series without a point has no chart")
    named = as_at or series.points[-1].as_at
    points = [_row(point, series, named) for point in series.points if point.value is not None]
    height, y = 220 if narrow else 280, _y(series, shows_withheld)
    layers = [*_limits(series), _ranges(points), _line(_runs(series)), _marks(points)]
    if series.is_small and not narrow:
        layers += _counts(points)
    if not narrow:
        low, high = y["scale"]["domain"]
        layers += _names_of_limits(series, high - low, height)
    layers += _named(points)
    layers.append(_crosses(series) if shows_withheld else _codes(series, height))
    layers += _lines_of_days(series)
    spec = {
        "width": NARROW - 60 if narrow else WIDE - 60 - (80 if series.has_limits else 0),
        "height": height,
        "padding": {"left": 5, "right": 12, "top": 12, "bottom": 5},
        "autosize": {"type": "pad", "contains": "padding"},
        "layer": layers,
        "encoding": {"x": _x(series, 3 if narrow else 8), "y": {"type": "quantitative", **y}},
        "resolve": {"legend": {"color": "shared", "shape": "shared"}},
    }
    return Drawing(spec, f"{series.title}, month by month", told(series, named))


def _row(point: Point, series: Series, named: date) -> Row:
    words = JUDGED[point.judged][0]
    return {
        "as_at": str(point.as_at), "value": point.value, "judged": words, "named": point.as_at == named,
        "low": point.range_low, "high": point.range_high, "text": value_text(point, series), "count": _count(point),
    }  # fmt: skip


def _count(point: Point) -> str:
    return f"{point.numerator}/{point.denominator}" if point.denominator is not None else ""


def _runs(series: Series) -> list[Row]:
    """The points of the line, a new run after each gap: a month that is missing or takes no part breaks the line."""
    rows, run = list[Row](), 0
    before: Point | None = None
    for point in series.points:
        if before is not None and (point.value is None or _months(before.as_at, point.as_at) > 1):
            run += 1
        before = point
        if point.value is not None:
            rows.append({"as_at": str(point.as_at), "value": point.value, "run": run})
    return rows


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _x(series: Series, most: int) -> Row:
    days = [str(point.as_at) for point in series.points]
    step = -(-len(days) // most)
    return {
        "field": "as_at", "type": "temporal", "timeUnit": "utcyearmonthdate", "title": None,
        "axis": {"values": days[::-1][::step][::-1], "format": "%b %Y", "grid": False, "labelOverlap": "parity", "labelPadding": 6},
        "scale": {"padding": 22},
    }  # fmt: skip


def _y(series: Series, shows_withheld: bool) -> Row:
    ends = [
        v for p in series.judged_points for v in (p.value, p.upper, p.lower, p.range_high, p.range_low) if v is not None
    ]
    if shows_withheld:
        ends += [point.recorded for point in series.points if point.recorded is not None]
    if series.unit == "percent":
        top = min(1.0, max([*ends, 0.05]) * 1.15)
        return {"title": None, "scale": {"domain": [0, top]}, "axis": {"format": ".0%", "tickCount": 5}}
    low, high = min(ends, default=0), max(ends, default=1)
    gap = max(high - low, 4) * 0.25
    bottom = 0 if low - gap < high * 0.25 else low - gap
    return {
        "title": None,
        "scale": {"domain": [max(0, bottom), high + gap], "nice": True, "zero": False},
        "axis": {"tickCount": 5, "format": ",d"},
    }


def _limits(series: Series) -> list[Row]:
    stretches: dict[date | None, list[Point]] = {}
    for point in series.judged_points:
        if point.centre is not None:
            stretches.setdefault(point.since, []).append(point)
    lines, most = list[Row](), 1.0 if series.unit == "percent" else float("inf")
    for found in stretches.values():
        first, last = found[0], found[-1]
        for name, at, dash in (
            ("average", first.centre, [1, 0]),
            ("upper limit", first.upper, [6, 4]),
            ("lower limit", first.lower, [6, 4]),
        ):
            if at is not None:
                level = max(0.0, min(most, at))
                lines.append(
                    {
                        "mark": {"type": "rule", "color": GREY, "strokeDash": dash, "strokeWidth": 1.5},
                        "data": {"values": [{"as_at": str(first.as_at), "to": str(last.as_at), "value": level}]},
                        "encoding": {"y": {"field": "value"}, "x2": {"field": "to", "timeUnit": "utcyearmonthdate"}},
                        "description": name,
                    }
                )
    return lines


def _ranges(points: list[Row]) -> Row:
    moved = [row for row in points if row["low"] is not None and row["low"] != row["high"]]
    return {
        "mark": {"type": "rule", "color": "#7a8489", "strokeWidth": 5, "opacity": 0.45},
        "data": {"values": moved},
        "encoding": {"y": {"field": "low"}, "y2": {"field": "high"}},
    }


def _line(rows: list[Row]) -> Row:
    return {
        "mark": {"type": "line", "color": GREY, "strokeWidth": 2},
        "data": {"values": rows},
        "encoding": {"y": {"field": "value"}, "detail": {"field": "run", "type": "nominal"}},
    }


def _marks(points: list[Row]) -> Row:
    there = [look for look in dict.fromkeys(JUDGED.values()) if any(row["judged"] == look[0] for row in points)]
    names, colours, shapes = [a for a, _, _ in there], [b for _, b, _ in there], [c for _, _, c in there]
    legend = {"title": None, "columns": 2} if names != ["too early to tell"] else None
    return {
        "mark": {"type": "point", "filled": True, "size": 85, "opacity": 1},
        "data": {"values": points},
        "encoding": {
            "y": {"field": "value"},
            "color": {
                "field": "judged",
                "type": "nominal",
                "scale": {"domain": names, "range": colours},
                "legend": legend,
            },
            "shape": {
                "field": "judged",
                "type": "nominal",
                "scale": {"domain": names, "range": shapes},
                "legend": legend,
            },
            "size": {
                "condition": {"test": "datum.named", "value": 190},
                "value": 85,
            },
        },
    }


def _named(points: list[Row]) -> list[Row]:
    """The label of the named point, with a light edge so that it stays readable over a line."""
    place = next((i for i, row in enumerate(points) if row["named"]), None)
    if place is None:
        return []
    row, last = points[place], place == len(points) - 1
    falls = place > 0 and points[place - 1]["value"] > row["value"] and row["value"] > 0
    mark = {
        "type": "text", "dy": 22 if falls else -18, "align": "right" if last else "center", "dx": 10 if last else 0,
        "fontWeight": "bold", "fontSize": 15,
    }  # fmt: skip
    layer = {"data": {"values": [row]}, "encoding": {"y": {"field": "value"}, "text": {"field": "text"}}}
    return [
        {**layer, "mark": {**mark, "stroke": PAPER, "strokeWidth": 5}},
        {**layer, "mark": {**mark, "color": INK}},
    ]


def _counts(points: list[Row]) -> list[Row]:
    """Counts beside the points: above a peak, below the others."""
    peaks, others = list[Row](), list[Row]()
    for place, row in enumerate(points):
        beside = [one["value"] for one in points[max(0, place - 1) : place + 2] if one is not row]
        if not row["named"]:
            (peaks if beside and row["value"] >= sum(beside) / len(beside) else others).append(row)
    return [
        {
            "mark": {"type": "text", "dy": dy, "fontSize": 12},
            "data": {"values": rows},
            "encoding": {"y": {"field": "value"}, "text": {"field": "count"}},
        }
        for rows, dy in ((peaks, -14), (others, 17))
        if rows
    ]


def _names_of_limits(series: Series, spread: float, height: int) -> list[Row]:
    """What the lines are, at the right end of the last stretch; only where they lie far enough apart to be told apart."""
    last = next((point for point in reversed(series.judged_points) if point.centre is not None), None)
    if last is None or last.upper is None or last.lower is None or last.centre is None:
        return []
    most = 1.0 if series.unit == "percent" else float("inf")
    levels = [("limit", min(most, last.upper)), ("average", last.centre), ("limit", max(0.0, last.lower))]
    if (levels[0][1] - last.centre) / spread * height < 15 or (last.centre - levels[2][1]) / spread * height < 15:
        levels = [levels[1]]
    # a stretch that ended is named where it began: beside its end the points go on
    ended = last != series.judged_points[-1]
    first = next(point for point in series.judged_points if point.centre is not None and point.since == last.since)
    at_day, place = (first.as_at, {"dx": -4, "dy": -8}) if ended else (last.as_at, {"dx": 16})
    rows = [{"as_at": str(at_day), "value": at, "text": f"{name} {_short(at, series)}"} for name, at in levels]
    return [
        {
            "mark": {"type": "text", "align": "left", **place, "fontSize": 12, "color": GREY},
            "data": {"values": rows},
            "encoding": {"y": {"field": "value"}, "text": {"field": "text"}},
        }
    ]


def _short(value: float, series: Series) -> str:
    if is_measured(series.unit):
        return plain(value)
    return f"{value:.0%}" if series.unit == "percent" else f"{value:.0f}"


def _crosses(series: Series) -> Row:
    rows = [
        {"as_at": str(p.as_at), "value": p.recorded}
        for p in series.points
        if p.value is None and p.recorded is not None
    ]
    return {
        "mark": {"type": "point", "shape": "M-1,-1L1,1M1,-1L-1,1", "size": 60, "color": FAINT, "strokeWidth": 2.5, "stroke": GREY},
        "data": {"values": rows},
        "encoding": {"y": {"field": "value"}},
    }  # fmt: skip


def _codes(series: Series, height: int) -> Row:
    """[x] at the foot of each month whose figure was not reliable enough, so that the gap is seen to be one."""
    return {
        "mark": {"type": "text", "fontSize": 12, "color": GREY},
        "data": {"values": [{"as_at": str(p.as_at), "text": "[x]"} for p in series.points if p.value is None]},
        "encoding": {"y": {"value": height - 10}, "text": {"field": "text"}},
    }


def _lines_of_days(series: Series) -> list[Row]:
    """A dotted line where a person had the series judged anew; a named one on each day that the authority marks."""
    own = [{"as_at": str(cut.from_day)} for cut in series.cuts_between if not cut.kind]
    marked = [{"as_at": str(mark.on), "text": LABELS.get(mark.kind, mark.kind)} for mark in series.marks_between]
    height: Row = {"y": {"value": 0}, "y2": {"value": {"expr": "height"}}}
    text: Row = {
        "type": "text",
        "angle": 270,
        "align": "left",
        "baseline": "bottom",
        "dx": 6,
        "dy": -3,
        "fontSize": 12,
    }
    named: Row = {
        "data": {"values": marked},
        "encoding": {"y": {"value": {"expr": "height"}}, "text": {"field": "text"}},
    }
    layers: list[Row] = []
    if own:
        mark = {"type": "rule", "color": INK, "strokeDash": [2, 3]}
        layers.append({"mark": mark, "data": {"values": own}, "encoding": height})
    if marked:
        layers.append({"mark": {"type": "rule", "color": INK}, "data": {"values": marked}, "encoding": height})
        layers += [
            {**named, "mark": {**text, "stroke": PAPER, "strokeWidth": 4}},
            {**named, "mark": {**text, "color": INK}},
        ]
    return layers
