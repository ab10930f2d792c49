"""Lists 7 to 11: plans, children looked after, care leavers, adoption and adopters.

What belongs here are the columns of these lists and their windows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from countermark.sample.histories import Care, Plan, Row
from countermark.sample.layout import CODES
from countermark.sample.view import View, who

_Event = TypeVar("_Event", Plan, Care)


def _latest(events: Iterable[_Event], view: View) -> dict[str, _Event]:
    """Of each child the latest plan or period of care that had begun and belongs to the list."""
    found: dict[str, _Event] = {}
    for event in events:
        known = found.get(event.child.id)
        if event.start <= view.on and (known is None or event.start > known.start):
            found[event.child.id] = event
    return {child: event for child, event in found.items() if event.end >= view.since}


def plans(view: View) -> list[Row]:
    """List 7: each child's latest plan."""
    rows = []
    for plan in _latest(view.world.plans, view).values():
        seen = view.last((v.on, v.recorded) for v in plan.visits)
        visit = plan.visits[seen] if seen >= 0 else None
        row = {
            **who(plan.child, view.on, True), "start": plan.start, "category_first": plan.category[0],
            "category_latest": plan.category[1], "visit": visit.on if visit else None,
            "alone": visit.alone if visit else None,
            "review": max((r for r in plan.reviews if r <= view.on), default=None), "end": view.shown(plan.end),
            "protected": plan.protected, "previous": plan.previous, "team": plan.team, "worker": plan.worker,
        }  # fmt: skip
        rows.append(row | plan.broken if view.spoilt else row)
    return rows


def cares(view: View) -> list[Row]:
    """List 8: each child's latest time in care."""
    rows = []
    for care in _latest(view.world.cares, view).values():
        checked = view.last(care.dental)
        row = {
            **who(care.child, view.on, True), **_details(care, view.on), "start": care.start, "need": care.need,
            "legal_start": care.legal_start if care.legal_start <= view.on else care.start, "legal": _legal(care.legal),
            "health": _earlier(care.health, view.on, care.start, 350),
            "dental": care.dental[checked][0] if checked >= 0 else None, "placements": _placements(care, view.on),
            "end": view.shown(care.end), "reason": care.ceased if care.end <= view.on else None,
            "placement_start": care.placement_start if care.placement_start <= view.on else care.start,
            "team": care.team, "worker": care.worker,
        }  # fmt: skip
        if view.spoilt:
            row |= care.broken
            row["end"] = care.told_end or row["end"]
        rows.append(row)
    return rows


_EVERY = {"review": 180, "visit": 40, "iro": 150}  # days from one to the next


def _details(care: Care, on: date) -> Row:
    """The other columns; of what recurs, the last time by an earlier day."""
    return care.details | {key: _earlier(care.details[key], on, care.start, days) for key, days in _EVERY.items()}


def _earlier(day: date | None, on: date, since: date, every: int) -> date | None:
    """The day, or as many intervals before it as it takes to lie by `on`; None where that is before `since`."""
    if day is None or day <= on:
        return day
    back = day - timedelta(days=-(-(day - on).days // every) * every)
    return back if back >= since else None


def _placements(care: Care, on: date) -> int:
    """How many placements in twelve months: one in the first weeks of care."""
    return 1 if care.placement_start > on and (on - care.start).days < 40 else care.placements


def _legal(code: str) -> str:
    return next(value for value in CODES["legal"] if value.startswith(f"{code}:"))


def leavers(view: View) -> list[Row]:
    """List 9: young people who receive leaving care services."""
    return [{**who(child, view.on, True), **row} for child, row in view.world.leavers]


def _until(row: Row, on: date) -> Row:
    return {key: None if isinstance(value, date) and value > on else value for key, value in row.items()}


def adoptions(view: View) -> list[Row]:
    """List 10: children for whom adoption was decided."""
    return [
        {**_until(row, view.on), **who(child, view.on, True)}
        for child, row in view.world.adoptions
        if row["decided"] <= view.on
    ]


def adopters(view: View) -> list[Row]:
    """List 11: adopters, from their first enquiry."""
    return [_until(row, view.on) for row in view.world.adopters if row["enquiry"] <= view.on]
