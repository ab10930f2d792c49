"""A figure over time for a pack. Leaders see limits and signals; the public sees its published points and nothing worked out of others."""

from __future__ import annotations

from datetime import date
from typing import Any

from countermark.charts.control import control_drawing
from countermark.charts.draw import Drawing
from countermark.charts.look import GREY, INK, WIDE
from countermark.desk.bound import percent
from countermark.pack.model import Moment, Trend
from countermark.pack.telling import number
from countermark.signals.series import Point, Series, says
from countermark.words import day

Row = dict[str, Any]
MONTHS = 24


def for_leaders(series: Series | None, rows: list[Row], as_at: date) -> Trend:
    """With limits and what they say. A figure at a day that is no month end has its own points alone."""
    if series is None or series.at(as_at) is None:
        return for_public(rows, as_at)
    shown = series.upto(as_at)
    points = {point.as_at: point for point in shown.points}
    months = tuple(_moment(row, points.get(row["as_at"])) for row in rows[-MONTHS:])
    picture = control_drawing(shown, as_at) if shown.judged_points else None
    return Trend(rows[-1]["unit"] == "percent", months, says(series, as_at)[1], picture)


def for_public(rows: list[Row], as_at: date) -> Trend:
    """The published points only. No average and no limit: they would tell of months that are suppressed."""
    months = tuple(_moment(row, None) for row in rows[-MONTHS:])
    there = [one for one in months if one.value is not None]
    told = f"{len(there)} of {len(months)} published positions have a number that can be shown."
    return Trend(rows[-1]["unit"] == "percent", months, told, _line(rows[-1], there) if there else None)


def _moment(row: Row, point: Point | None) -> Moment:
    text = number(row)
    shown = text not in ("[c]", "[x]")
    limits = (point.centre, point.lower, point.upper) if point else (None, None, None)
    return Moment(row["as_at"], text, row["system_value"] if shown else None, *limits)


def _line(row: Row, months: list[Moment]) -> Drawing:
    share = row["unit"] == "percent"
    top = min(1.0, max(one.value or 0 for one in months) * 1.15) or 0.05
    y = {
        "field": "value", "type": "quantitative", "title": None, "axis": {"format": ".0%" if share else ",d", "tickCount": 5},
        "scale": {"domain": [0, top]} if share else {"zero": True},
    }  # fmt: skip
    points = [{"as_at": str(one.as_at), "value": one.value} for one in months]
    spec = {
        "width": WIDE - 60, "height": 280, "padding": 8, "data": {"values": points},
        "encoding": {
            "x": {"field": "as_at", "type": "temporal", "timeUnit": "utcyearmonthdate", "title": None,
                  "axis": {"format": "%b %Y", "grid": False, "tickCount": 8, "labelOverlap": "parity"}},
            "y": y,
        },
        "layer": [
            {"mark": {"type": "line", "color": GREY, "strokeWidth": 2}},
            {"mark": {"type": "point", "filled": True, "size": 85, "color": INK, "opacity": 1}},
        ],
    }  # fmt: skip
    last = months[-1]
    value = percent(last.value or 0) if share else last.text
    first = f"from {day(months[0].as_at)} to {day(last.as_at)}"
    return Drawing(
        spec, f"{row['title']}, over time", f"{len(months)} published positions {first}. {value} at {day(last.as_at)}."
    )
