"""A pack as one self-contained HTML file: style and pictures inside, nothing from any other host, ready to print."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from countermark.charts.draw import Drawing, as_svg
from countermark.pack.model import PackModel
from countermark.words import day, signed

TEMPLATES = Path(__file__).parent / "templates"


def as_html(pack: PackModel) -> bytes:
    """The pack as HTML, UTF-8. The same model gives the same bytes."""
    css = Markup((TEMPLATES / "pack.css").read_text(encoding="utf-8"))  # noqa: S704  # our own file
    return _environment().get_template("pack.html").render(pack=pack, css=css).encode()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=day, signed=signed, svg=_svg, short=short, capital=capital)
    return made


def _svg(drawing: Drawing) -> Markup:
    return Markup(as_svg(drawing))  # noqa: S704  # drawn by us, its texts escaped


def short(when: date) -> str:
    """A day in a narrow column: 31 Oct 2022."""
    return f"{when.day} {when:%b %Y}"


def capital(text: str) -> str:
    """The text with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]
