"""From a specification to a picture: drawn once for each specification, without any font or host from outside.

An SVG scales with its place (viewBox, no width), says what it shows (role, label, title, description) and carries no inline style, which
the pages' security policy would refuse.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from countermark.charts.look import CONFIG

KEPT = 2048
VERSION = "6.1"
SIZE = re.compile(r'<svg\b[^>]*?viewBox="([^"]+)"[^>]*>')
INLINE = re.compile(r'\s(?:style|class|xlink:href)="[^"]*"|\s(?:aria-\w+|role)="[^"]*"')


@dataclass(frozen=True)
class Drawing:
    """A chart before it is drawn: its specification, its name, and what it shows in words."""

    spec: dict[str, Any]
    label: str
    says: str


def as_svg(drawing: Drawing) -> str:
    """The drawing as an SVG element for a page."""
    return _svg(json.dumps(drawing.spec, sort_keys=True), drawing.label, drawing.says)


def as_png(drawing: Drawing, scale: float = 2.0) -> bytes:
    """The drawing as a PNG, for slides."""
    return _png(json.dumps(drawing.spec, sort_keys=True), scale)


def framed(body: str, view_box: str, label: str, says: str) -> str:
    """An SVG element with its label, title and description around what is drawn. No ids: a page may hold the same picture twice."""
    read = label if says == label else f"{label}. {says}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}" role="img" aria-label="{escape(read)}" focusable="false">'
        f"<title>{escape(label)}</title><desc>{escape(says)}</desc>{body}</svg>"
    )


@lru_cache(maxsize=KEPT)
def _svg(spec: str, label: str, says: str) -> str:
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(spec, vl_version=VERSION, config=CONFIG, allowed_base_urls=[])
    opening = SIZE.search(drawn)
    if opening is None:
        raise ValueError("the chart has no size")
    body = INLINE.sub("", drawn[opening.end() : drawn.rindex("</svg>")])
    return framed(body, opening[1], label, says)


@lru_cache(maxsize=64)
def _png(spec: str, scale: float) -> bytes:
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(
        spec, vl_version=VERSION, config=CONFIG, scale=scale, allowed_base_urls=[]
    )
    return drawn
