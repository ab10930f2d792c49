"""The chart of weeks: a share or a count at each Sunday over the weeks before it. No limits: neighbours share weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from countermark.charts.draw import Drawing, as_svg
from countermark.charts.look import GREY, INK, NARROW, PAPER, WIDE
from countermark.signals.series import SMALL
from countermark.words import day


@dataclass(frozen=True)
class Week:
    """One Sunday; `says` names the weeks: "four weeks to 30 October 2022". The denominator of a count is None."""

    end: date
    says: str
    numerator: int
    denominator: int | None
    value: float | None

    @property
    def text(self) -> str:
        """The value as people read it; counts where there are few cases."""
        if self.denominator is None:
            return str(self.numerator)
        if self.value is None:
            return "[z]"
        return (
            f"{self.numerator} of {self.denominator}"
            if self.denominator < SMALL
            else f"{round(self.value * 100, 1):g}%"
        )


def weekly_chart(title: str, weeks: Sequence[Week], *, narrow: bool = False) -> str:
    """The chart as SVG. ValueError without a week that has a value."""
    return as_svg(weekly_drawing(title, weeks, narrow=narrow))


def weekly_drawing(title: str, weeks: Sequence[Week], *, narrow: bool = False) -> Drawing:
    """The chart as a drawing: a line that breaks where there was nobody to count, the last week named."""
    there = [week for week in weeks if week.value is not None]
    if not there:
        raise ValueError("without a week there is no chart")
    last, rows, run = there[-1], list[dict[str, Any]](), 0
    for week in weeks:
        run += week.value is None
        if week.value is not None:
            named = week.text if week is last else ""
            rows.append({"end": str(week.end), "value": week.value, "run": run, "text": named})
    share, top = last.denominator is not None, max(week.value or 0 for week in there)
    scale = {"domain": [0, min(1.0, max(top, 0.05) * 1.15)]} if share else {"domain": [0, top + 1], "nice": True}
    step = -(-len(weeks) // (3 if narrow else 8))
    x = {
        "field": "end", "type": "temporal", "timeUnit": "utcyearmonthdate", "title": None, "scale": {"padding": 22},
        "axis": {"values": [str(week.end) for week in weeks][::-1][::step][::-1], "format": "%-d %b", "grid": False, "labelPadding": 6},
    }  # fmt: skip
    y = {"field": "value", "type": "quantitative", "title": None, "scale": scale,
         "axis": {"format": ".0%" if share else ",d", "tickCount": 5 if share or top > 4 else int(top) + 1}}  # fmt: skip
    falls = len(there) > 1 and (there[-2].value or 0) > (last.value or 0) > 0
    name = {
        "type": "text",
        "dy": 22 if falls else -14,
        "align": "right",
        "dx": 10,
        "fontWeight": "bold",
        "fontSize": 15,
    }
    layers = [
        {"mark": {"type": "line", "color": GREY, "strokeWidth": 2}, "encoding": {"detail": {"field": "run", "type": "nominal"}}},
        {"mark": {"type": "point", "filled": True, "size": 45, "color": INK, "opacity": 1}},
        {"mark": {**name, "stroke": PAPER, "strokeWidth": 5}, "encoding": {"text": {"field": "text"}}},
        {"mark": {**name, "color": INK}, "encoding": {"text": {"field": "text"}}},
    ]  # fmt: skip
    spec = {
        "width": (NARROW if narrow else WIDE) - 60, "height": 180, "padding": {"left": 5, "right": 12, "top": 12, "bottom": 5},
        "data": {"values": rows}, "encoding": {"x": x, "y": y}, "layer": layers,
    }  # fmt: skip
    said = f"{len(there)} Sundays from {day(there[0].end)} to {day(last.end)}. {last.text} in the {last.says}."
    return Drawing(spec, f"{title}, week by week", said)
