"""The desk's pages: the worklist here; one item, many at once and one child's record in the modules beside."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from countermark.desk import assignments, comments, worklist
from countermark.desk.worklist import Filters, Listing
from web import access, published
from web.context import ledger, person
from web.worklist import children, desk, grouping, items, perhaps, together, words

blueprint = Blueprint("worklist", __name__, template_folder="templates")
blueprint.record_once(lambda state: words.register(state.app.jinja_env.globals))
blueprint.add_url_rule("/worklist/ticked", view_func=together.ticked, methods=["POST"])
blueprint.add_url_rule("/worklist/together", view_func=together.together)
blueprint.add_url_rule("/worklist/together/decide", view_func=together.decide_together, methods=["POST"])
blueprint.add_url_rule("/worklist/together/assign", view_func=together.assign_together, methods=["POST"])
blueprint.add_url_rule("/differences/<item_id>", view_func=items.difference)
blueprint.add_url_rule("/differences/<item_id>/decide", view_func=items.decide, methods=["POST"])
blueprint.add_url_rule("/failures/<item_id>", view_func=items.failure)
blueprint.add_url_rule(
    "/<any(differences, failures):kind>/<item_id>/comment", view_func=items.comment, methods=["POST"]
)
blueprint.add_url_rule("/<any(differences, failures):kind>/<item_id>/assign", view_func=items.assign, methods=["POST"])
blueprint.add_url_rule("/worklist/groups", view_func=grouping.grouped)
blueprint.add_url_rule("/worklist/what-moves-what", view_func=grouping.influence)
blueprint.add_url_rule("/worklist/from-position-to-position", view_func=grouping.rolled_forward)
blueprint.add_url_rule("/children/<address>", view_func=children.child)
blueprint.add_url_rule("/perhaps-one-child", view_func=perhaps.perhaps_one_child)
blueprint.add_url_rule("/perhaps-one-child/<first>/<second>", view_func=perhaps.two_records)
blueprint.add_url_rule("/perhaps-one-child/<first>/<second>/say", view_func=perhaps.say_whether_one, methods=["POST"])

NAMED = ("kind", "team", "indicator", "rule", "reason", "cause", "severity", "assigned", "form", "worker")
ANY = [("", "Any")]
KINDS = [
    ("", "Differences and failures"), ("difference", "Differences"), ("failure", "Failures of rules"),
    ("pair", "Differences between systems"), ("all", "All of these"),
]  # fmt: skip
SORTS = [
    ("headline", "What moves a headline first"), ("age", "Oldest first"), ("team", "Team"), ("measure", "Measure"), ("child", "Child"),
]  # fmt: skip
AGES = [("", "Any"), ("5", "5 working days or more"), ("10", "10 or more"), ("20", "20 or more"), ("60", "60 or more")]
STATES = [
    ("open", "Open"),
    ("decided", "Decided"),
    ("closed", "Closed"),
    ("lapsed", "Open, its decision no longer holds"),
    ("reopened", "Open, there again"),
    ("any", "Any"),
]


@blueprint.get("/worklist")
def listing() -> Any:
    """Everything that is to be looked at, what moves a headline first."""
    wanted = _wanted()
    keep = published.snapshot().kept
    found = worklist.read(desk.rows, person().authority, wanted, desk.holders(), desk.today(), keep)
    ids = [item.item_id for item in found.items]
    if found.page != wanted.page and "page" in request.args and found.total:
        return redirect(address(page=found.page))
    desk.saw("worklist", [item.child_id for item in found.items])
    return render_template(
        "worklist/listing.html", wanted=wanted, found=found, filters=_filters(wanted), address=address, pages=_pages(found),
        set_filters=sum(1 for name in request.args if name not in ("page", "sort", "as_at") and request.args[name]),
        comments=comments.comments(ledger(), person().authority, ids),
        between_systems=_between_systems(wanted), perhaps=len(perhaps.pairs()) if access.may("worklist.perhaps_one_child") else 0,
        decisions={one.break_id: one for one in ledger().decisions(breaks=ids) if one.authority == person().authority},
    )  # fmt: skip


def _between_systems(wanted: Filters) -> int:
    """How many differences between systems are open and not on this list, for the line that leads to them."""
    return 0 if wanted.kind else len(_choices(wanted)["between_systems"])


def _choices(wanted: Filters) -> dict[str, list[str]]:
    authority = person().authority
    found: dict[str, list[str]] = published.snapshot().kept(
        ("choices", authority, wanted.as_at, wanted.only),
        lambda: worklist.choices(desk.rows, authority, wanted.as_at, wanted.only),
    )
    return found


def _wanted() -> Filters:
    say = request.args.get
    state = say("state", "open") or "open"
    asked = {name: say(name, "") for name in NAMED}
    return Filters(
        desk.position(), state="" if state == "any" else state, age=_number(say("age", ""), 0), sort=say("sort", "headline"),
        page=_number(say("page", ""), 1), only=desk.only(), **asked,
    )  # fmt: skip


def _number(text: str, otherwise: int) -> int:
    return min(int(text), 10**6) if text.isascii() and text.isdigit() else otherwise


def address(**other: Any) -> str:
    """The worklist's address with everything that was asked for, but for what is named here."""
    said = {name: value for name, value in request.args.items() if value}
    return url_for("worklist.listing", **{**said, **{name: value for name, value in other.items() if value}})


def _filters(wanted: Filters) -> list[dict[str, Any]]:
    """Each filter as the template's select: name, label, options, what is chosen."""
    who = person()
    named = words.choices(_choices(wanted))
    people = [(worklist.NOBODY, "Nobody"), *((one, one) for one in assignments.people(ledger(), who.authority))]
    people += [(one, f"Team {one}") for one in assignments.teams(ledger(), who.authority)]
    chosen = asdict(wanted) | {
        "as_at": wanted.as_at.isoformat(), "state": wanted.state or "any", "age": str(wanted.age or ""),
    }  # fmt: skip
    severities = [(code, said) for code, said in words.SEVERITIES.items()]
    options = [
        ("kind", "Show", KINDS), ("team", "Team", ANY + named["team"]), ("indicator", "Measure", ANY + named["indicator"]),
        ("state", "State", STATES), ("assigned", "Who has it", ANY + people if who.sees_names else ANY + people[:1]),
        ("reason", "Why the two differ", ANY + named["reason"]), ("cause", "How it came about", ANY + named["cause"]),
        ("form", "Form", ANY + named["form"]), ("worker", "Worker", ANY + named["worker"] if who.sees_names else ANY),
        ("rule", "Rule", ANY + named["rule"]), ("severity", "Error, warning or query", ANY + severities), ("age", "Age", AGES),
        ("as_at", "Position at", named["as_at"]), ("sort", "Order", SORTS),
    ]  # fmt: skip
    return [{"name": n, "label": label, "options": choose, "chosen": chosen[n]} for n, label, choose in options]


def _pages(found: Listing) -> dict[str, Any]:
    """The pages before and after as the GOV.UK macro wants them."""
    said: dict[str, Any] = {}
    if found.page > 1:
        said["previous"] = {"href": address(page=found.page - 1), "labelText": f"{found.page - 1} of {found.pages}"}
    if found.page < found.pages:
        said["next"] = {"href": address(page=found.page + 1), "labelText": f"{found.page + 1} of {found.pages}"}
    return said
