"""The worklist in groups, what moves what, and the roll-forward from position to position."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from countermark.desk import groups, rolled
from countermark.desk.worklist import Filters
from web.context import person
from web.worklist import desk, words

GROUPINGS = {"cause": "Cause", "form": "Form", "team": "Team", "worker": "Worker", "reason": "Why the two differ"}
NONE = {
    "cause": "No cause chosen yet",
    "form": "No form",
    "team": "No team",
    "worker": "No worker known",
    "reason": "No reason",
}
MOST = 100


def grouped() -> Any:
    """How much each cause, form, team, worker or reason has."""
    as_at, by, state = desk.position(), request.args.get("by", "team"), request.args.get("state", "open")
    if by not in GROUPINGS or (by == "worker" and not person().sees_names):
        return abort(404)
    wanted = Filters(as_at, state="" if state == "any" else state, only=desk.only())
    found = groups.groups(desk.rows, person().authority, wanted, by, desk.holders(), desk.today())
    desk.saw("worklist", [])
    shown = {name: label for name, label in GROUPINGS.items() if name != "worker" or person().sees_names}
    return render_template(
        "worklist/groups.html", as_at=as_at, by=by, state=state, groupings=shown, groups=found,
        name=lambda one: _name(by, one),
    )  # fmt: skip


def _name(by: str, name: str) -> str:
    if not name:
        return NONE[by]
    if by == "reason" and (known := words.rule(name)):
        return f"{name}: {known.title}"
    return {"cause": words.cause, "form": words.form, "reason": words.reason}.get(by, str)(name)


def influence() -> Any:
    """Each open difference with its effect on each figure, worst first."""
    as_at, indicator, team = desk.position(), request.args.get("indicator", ""), request.args.get("team", "")
    found = rolled.moves(desk.rows, person().authority, as_at, indicator, team, desk.only())
    desk.saw("worklist", [row["child_id"] for row in found[:MOST]])
    return render_template(
        "worklist/influence.html", as_at=as_at, indicator=indicator, team=team, moves=found[:MOST], more=max(0, len(found) - MOST),
        total=len(found),
    )  # fmt: skip


def rolled_forward() -> Any:
    """What became of the differences since the position before, reason by reason."""
    as_at, indicator = desk.position(), request.args.get("indicator", "")
    found = rolled.rolled(desk.rows, person().authority, as_at, indicator, desk.only())
    measures = sorted({row["indicator_id"] for row in desk.rows(MEASURES, {"authority": person().authority})})
    desk.saw("worklist", [])
    return render_template(
        "worklist/rolled.html", as_at=as_at, indicator=indicator, rows=found, measures=measures, positions=desk.positions(),
        total={name: sum(row[name] for row in found) for name in rolled.COLUMNS},
        oldest=min((row["oldest"] for row in found if row["oldest"]), default=None), only=desk.only(),
    )  # fmt: skip


MEASURES = "select distinct indicator_id from main.roll_forward where authority = $authority"
