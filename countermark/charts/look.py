"""How every chart looks: colours that keep their distance in greyscale too, shapes beside colours, no font and no host of its own."""

from __future__ import annotations

from typing import Any

INK, GREY, FAINT, PAPER = "#0b0c0c", "#505a5f", "#b1b4b6", "#ffffff"
BLUE, ORANGE, PURPLE = "#1d70b8", "#c9500b", "#4c2c92"
WIDE, NARROW = 680, 330  # units of the drawing: a laptop's column, a telephone's
FONT = "Arial, Helvetica, sans-serif"
# How a point is judged: in words, colour and shape. Improvement blue, concern orange, chance grey, as the NHS draws them.
JUDGED = {
    "improvement": ("improving", BLUE, "square"),
    "concern": ("getting worse", ORANGE, "diamond"),
    "change": ("changing", PURPLE, "triangle-up"),
    "common": ("as chance would have it", GREY, "circle"),
    "none": ("too early to tell", GREY, "circle"),
}
CONFIG: dict[str, Any] = {
    "background": PAPER,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13, "titleFontSize": 13, "labelColor": INK, "titleColor": INK, "gridColor": "#e5e6e7", "domainColor": GREY,
        "tickColor": GREY, "titleFontWeight": "normal",
    },
    "legend": {"labelFontSize": 13, "titleFontSize": 13, "labelColor": INK, "symbolSize": 110, "orient": "bottom", "labelLimit": 400},
    "text": {"fontSize": 13, "color": INK},
}  # fmt: skip
