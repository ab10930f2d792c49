"""The area's blueprint, and what all its pages ask first: which figure the address names, and who may speak of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, abort, g, request, url_for

from countermark.desk.figures import ALL, Figure, Rows
from web.context import person
from web.leaders import figures
from web.published import snapshot

blueprint = Blueprint("board", __name__, template_folder="templates")


def rows() -> Rows:
    """Queries over the snapshot of this request."""
    found: Rows = figures.rows_of(snapshot())
    return found


def today() -> date:
    """The day from which actions are overdue."""
    return datetime.now(UTC).date()


def day_of(text: str) -> date:
    """A day of the address. 404 where it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        abort(404)


def find(indicator_id: str, as_at: date, team: str) -> Figure | None:
    """A figure of the person's council; None where it is not published. 403 for another team's."""
    if not person().may_see_team(team):
        g.refusal = "Another team's figures are not yours to see. Ask the performance team if they should be."
        abort(403)
    found: Figure | None = figures.at(snapshot(), person().authority, as_at).get((indicator_id, team))
    return found


def figure_of(indicator: str) -> Figure:
    """The figure that the address names: `/…/<indicator>/…?as_at=&team=`. 404 where there is none."""
    there = figures.positions(snapshot(), person().authority)
    if not there:
        abort(404)
    asked = request.args.get("as_at", "")
    found = find(indicator.strip().upper(), day_of(asked) if asked else there[0], request.args.get("team") or ALL)
    return found or abort(404)


def to_figure(one: Any, anchor: str = "commentary") -> str:
    """The address of a figure's page, for whatever names indicator, date and team."""
    return url_for(
        "leaders.indicator",
        indicator=one.indicator_id,
        as_at=one.as_at,
        team=None if one.team == ALL else one.team,
        _anchor=anchor,
    )


def address_of(one: Any) -> dict[str, Any]:
    """Indicator, date and team as the parameters of an address."""
    return {"indicator": one.indicator_id, "as_at": one.as_at, "team": None if one.team == ALL else one.team}


def said_by(name: str, role: str) -> str:
    """Who did it, as the person of this request may read it: by name, or by role."""
    return name if person().sees_names else role[:1].upper() + role[1:]
