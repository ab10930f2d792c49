"""List 6: children in need, one row a child, with the status that Ofsted's order gives it and the team that holds it.

What belongs here is that one list: it looks at all the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from countermark.sample.authority import DISABILITY, SAFEGUARDING
from countermark.sample.histories import Assessment, Care, Need, Plan, Row
from countermark.sample.layout import CODES
from countermark.sample.view import View, who


def needs(view: View) -> list[Row]:
    """List 6: one row a child, the status that Ofsted's order gives it, the team that holds it."""
    world, on = view.world, view.on
    cares = {c.child.id: c for c in world.cares if c.start <= on < c.end}
    plans = {p.child.id: p for p in world.plans if p.start <= on < p.end}
    assessed = {
        a.child.id: a for a in world.assessments if a.start <= on and view.shown(a.authorised, a.recorded) is None
    }
    rows = []
    for need in _latest(view):
        if need.start > on or need.closed < view.since:
            continue
        child_id, closed = need.child.id, view.shown(need.closed)
        status, team = _status(need, on, cares.get(child_id), plans.get(child_id), assessed.get(child_id))
        seen = max(need.start, min(on, need.closed) - timedelta(days=int(child_id) % 27))
        rows.append({
            **who(need.child, on, True), "start": need.start, "need": need.code, "last_seen": seen,
            "closed": closed, "reason": need.reason if closed else None, "status": status, "team": team,
            "worker": (cares.get(child_id) or plans.get(child_id) or assessed.get(child_id) or _Nobody).worker
            or world.staff.by_team[team][int(child_id) % len(world.staff.by_team[team])],
        })  # fmt: skip
    return rows


def _latest(view: View) -> Iterable[Need]:
    """The episode of each child that an extract shows: before the as-at date that may be one which another has followed since."""
    world = view.world
    if view.on >= world.clock.as_at:
        return world.needs.values()
    begun = [need for need in (*world.earlier_needs, *world.needs.values()) if need.start <= view.on]
    return {need.child.id: need for need in sorted(begun, key=lambda need: need.start)}.values()


class _Nobody:
    worker = None


def _status(need: Need, on: date, care: Care | None, plan: Plan | None, open_one: Assessment | None) -> tuple[str, str]:
    if care:
        return CODES["status"][0], care.team
    if plan:
        return CODES["status"][1], plan.team
    disabled = need.child.disability == "a) Yes"
    if need.closed <= on:
        return CODES["status"][4], need.area_team
    if (need.cin_from and need.cin_from <= on) or open_one is None:
        return CODES["status"][2], DISABILITY if disabled else SAFEGUARDING[need.child.area]
    return CODES["status"][3], open_one.team
