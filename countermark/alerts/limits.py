"""How old the last publication may be, how often a digest may go out, and where its readers find more: as the operator says, else ours."""

from __future__ import annotations

import logging
import os
from datetime import timedelta

PUBLISHED_WITHIN, EVERY, WEB = (
    "COUNTERMARK_PUBLISHED_WITHIN_HOURS",
    "COUNTERMARK_ALERT_EVERY_HOURS",
    "COUNTERMARK_WEB_URL",
)
DEFAULT_HOURS = 8 * 24  # a weekly schedule and a day
DEFAULT_EVERY = 20  # a daily look at nine finds yesterday's far enough behind
log = logging.getLogger("countermark.alerts")


def hours_allowed() -> float:
    """How old the last publication may be."""
    return _number(PUBLISHED_WITHIN, DEFAULT_HOURS)


def interval() -> timedelta:
    """How long after a digest the next one may follow."""
    return timedelta(hours=_number(EVERY, DEFAULT_EVERY))


def health_page() -> str:
    """The address of the page that shows every alert; empty where nobody said where the pages are."""
    root = os.environ.get(WEB, "").rstrip("/")
    return f"{root}/health" if root else ""


def _number(name: str, ours: float) -> float:
    try:
        return max(0.0, float(os.environ.get(name, ours)))
    except ValueError:
        log.error("%s is no number; %s is taken.", name, ours)
        return ours
