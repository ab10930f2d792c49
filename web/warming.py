"""What the first reader would have to wait for, done before anybody asks: libraries that load late, the newest figures, a first chart."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask

from countermark.certify.snapshot import NothingPublishedError
from countermark.charts.waterfall import waterfall
from countermark.warehouse.connect import EngineError
from web.leaders import figures
from web.published import Published


def warm(app: Flask) -> None:
    """Read what the figures' page reads, and draw a chart. Nothing published, or not readable, is said to those who ask."""
    published: Published = app.extensions["published"]
    waterfall(("", 0), [], ("", 0))  # starts what draws charts
    with app.app_context(), suppress(NothingPublishedError, EngineError):
        now = published.now()
        for row in now.rows(
            "select authority, max(as_at) as as_at from main.metrics where $any <> '' group by 1", {"any": "all"}
        ):
            there = figures.at(now, row["authority"], row["as_at"])
            figures.series(now)
            for one in list(there.values())[:1]:
                figures.doubt(now, one)
