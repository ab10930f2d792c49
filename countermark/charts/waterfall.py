"""Why two counts differ, as a picture: from the team's count to the system's, one step a reason. Reads from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from countermark.charts.draw import Drawing, as_svg
from countermark.charts.look import BLUE, GREY, INK, NARROW, PAPER, WIDE
from countermark.words import signed

LABEL = "Why the two counts differ"
ROW = 46  # height of a step: a line of words, a bar below it
BAR = {"type": "bar", "yOffset": 12}
TICK = {"type": "tick", "thickness": 5, "height": 18, "yOffset": 12, "color": INK, "orient": "vertical"}


@dataclass(frozen=True)
class Step:
    """One line between the counts: the reason in words, what it adds, how many differences it stands for."""

    words: str
    effect: int
    cases: int = 0


def waterfall(
    first: tuple[str, int], steps: Sequence[Step], last: tuple[str, int], *, narrow: bool = False, label: str = LABEL
) -> str:
    """The picture as SVG. `first` and `last` are the two counts with their names. ValueError where the steps do not lead there."""
    return as_svg(waterfall_drawing(first, steps, last, narrow=narrow, label=label))


def waterfall_drawing(
    first: tuple[str, int], steps: Sequence[Step], last: tuple[str, int], *, narrow: bool = False, label: str = LABEL
) -> Drawing:
    """The picture as a drawing, for SVG or PNG."""
    if first[1] + sum(step.effect for step in steps) != last[1]:
        raise ValueError("the steps do not lead from one count to the other")
    rows, at = [_total(0, *first)], first[1]
    for place, step in enumerate(steps, 1):
        rows.append(_step(place, step, at))
        at += step.effect
    rows.append(_total(len(rows), *last))
    levels = [row[end] for row in rows for end in ("from", "to")]
    gap = max(max(levels) - min(levels), 4) * 0.12
    scale = {"domain": [min(levels) - gap, max(levels) + gap * 2.2], "nice": False, "zero": False}
    width = (NARROW if narrow else WIDE) - 20
    y = {"field": "place", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0, "paddingOuter": 0}}
    x = {"field": "from", "type": "quantitative", "axis": None, "scale": scale}
    spec = {
        "width": width,
        "height": {"step": ROW},
        "padding": 6,
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            _layer({"type": "rule", "color": "#e5e6e7", "yOffset": -ROW // 2}, {"x": {"value": 0}, "x2": {"value": width}}, place=True),
            _layer({"type": "text", "align": "left", "dy": -11, "fontSize": 14, "limit": width - 4},
                   {"x": {"value": 2}, "text": {"field": "words"}}),
            _layer({**BAR, "height": 15, "color": BLUE}, {"x": x, "x2": {"field": "to"}}, "more"),
            _layer({**BAR, "height": 14, "color": PAPER, "stroke": GREY, "strokeWidth": 2}, {"x": x, "x2": {"field": "to"}}, "less"),
            _layer(TICK, {"x": x}, "total"),
            _layer({**TICK, "thickness": 2, "height": 12, "color": GREY}, {"x": x}, "none"),
            _layer({"type": "text", "align": "left", "dx": 8, "dy": 12, "fontSize": 15, "fontWeight": "bold"},
                   {"x": {**x, "field": "end"}, "text": {"field": "number"}}),
        ],
    }  # fmt: skip
    told = "; ".join(f"{step.words} {signed(step.effect)}" for step in steps) or "no difference"
    return Drawing(spec, label, f"{first[0]}: {first[1]}. {told}. {last[0]}: {last[1]}.")


def _layer(mark: dict[str, Any], encoding: dict[str, Any], kind: str = "", place: bool = False) -> dict[str, Any]:
    """One layer, of the rows of a kind; `place`: of every row but the first."""
    only = "datum.place > 0" if place else f"datum.kind == '{kind}'" if kind else ""
    return {"mark": mark, "encoding": encoding, **({"transform": [{"filter": only}]} if only else {})}


def _total(place: int, words: str, number: int) -> dict[str, Any]:
    return {
        "place": place, "kind": "total", "words": words, "from": number, "to": number, "end": number, "number": str(number),
    }  # fmt: skip


def _step(place: int, step: Step, at: int) -> dict[str, Any]:
    to = at + step.effect
    kind = "more" if step.effect > 0 else "less" if step.effect < 0 else "none"
    words = f"{step.words[:1].upper()}{step.words[1:]}"
    return {
        "place": place, "kind": kind, "words": words, "from": at, "to": to, "end": max(at, to), "number": signed(step.effect),
    }  # fmt: skip
