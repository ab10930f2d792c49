"""Whom to see today: the children of all lists in one order of risk, a manager's look at each, and workers without supervision."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for

from countermark.desk import children as records
from countermark.desk import looks, today
from countermark.ledger.secrets import pseudonym_key
from web import access, published
from web.context import definitions, home, ledger, person
from web.teams.forms import Look
from web.teams.pages import NOT_YOURS
from web.words import day, pseudonym_of

blueprint = Blueprint("today", __name__, template_folder="templates")


@blueprint.get("/today")
def children() -> Any:
    """The children to see, the gravest risk first, whatever the number of reasons one row a child."""
    wanted, who = _wanted(), person()
    found = today.read(_rows, who.authority, wanted)
    access.saw(
        "today", team=wanted.team or "all that the reader may see",
        children=sorted(pseudonym_of(one.child_id) for one in found.children),
    )  # fmt: skip
    return render_template(
        "today/children.html", wanted=wanted, found=found, parts=_parts("child"), looks=_newest_looks(found.children),
        teams=_teams(found), lists=_lists(found), mark=lambda child_id: records.address(_key(), child_id), pages=_pages(found),
        today=date.today(), days_old=(date.today() - found.as_at).days if found.as_at else 0, no_team=today.NO_TEAM,
    )  # fmt: skip


@blueprint.route("/today/look", methods=["GET", "POST"])
def look() -> Any:
    """A manager's look at one child of the list: entered for every measure that put the child there."""
    who, mark = person(), request.args.get("child", "")
    child_id = _children_by_address().get(mark) or abort(404)
    found = today.read(_rows, who.authority, today.Wanted(child=child_id, only=_only()))
    if not found.children:
        if today.read(_rows, who.authority, today.Wanted(child=child_id)).children:
            g.refusal = NOT_YOURS
            abort(403)
        abort(404)
    one, form = found.children[0], Look()
    before = looks.of_cases(ledger(), _key(), who.authority, [(name, child_id) for name in one.indicators])
    access.saw("child", children=[pseudonym_of(child_id)])
    if form.validate_on_submit():
        said = (form.looked_on.data or date.today(), str(form.child_seen.data), form.next_on.data)
        if wrong := looks.problems(*said, date.today()):
            for name, text in wrong.items():
                getattr(form, name).errors = [text]
        else:
            versions = {
                name: before[name, child_id].version if (name, child_id) in before else 0 for name in one.indicators
            }
            looks.record_all(
                ledger(), _key(), who.authority, child_id, one.indicators, _own_team(one), one.as_at, *said, by=who.name,
                today=date.today(), expected=versions,
            )  # fmt: skip
            flash("Your look is entered.", "done")
            return redirect(address())
    return render_template(
        "today/look.html", form=form, one=one, before=_newest_looks([one]).get(child_id), back=address(),
    ), 422 if form.errors else 200  # fmt: skip


@blueprint.get("/today/workers")
def workers() -> Any:
    """The workers without supervision, of own teams."""
    found = today.workers(_rows, person().authority, _only())
    return render_template(
        "today/workers.html", found=found, parts=_parts("worker"), as_at=today.position(_rows, person().authority)
    )


def _wanted() -> today.Wanted:
    """What the address asks for. 403 for a team that is not the person's."""
    say = request.args.get
    if (team := say("team", "")) and not person().may_see_team(team):
        g.refusal = NOT_YOURS
        abort(403)
    return today.Wanted(team, say("list", ""), _number(say("page", "")), only=_only())


def _only() -> tuple[str, ...] | None:
    """The teams that the reader may see; None for all."""
    return person().teams if person().role == "team_manager" else None


def _number(text: str) -> int:
    return min(int(text), 10**6) if text.isascii() and text.isdigit() else 1


def address(**other: Any) -> str:
    """The list's address with the team, list and page that were asked for, but for what is named here."""
    said = {name: request.args[name] for name in ("team", "list", "page") if request.args.get(name)}
    return url_for("today.children", **{**said, **other})


def _rows(sql: str, parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = published.snapshot().rows(sql, dict(parameters))
    return found


def _key() -> bytes:
    if "pseudonym_key" not in g:
        g.pseudonym_key = pseudonym_key(home().path)
    key: bytes = g.pseudonym_key
    return key


def _children_by_address() -> dict[str, str]:
    authority = person().authority
    found: dict[str, str] = published.snapshot().kept(
        ("children", authority), lambda: records.by_address(_rows, _key(), authority)
    )
    return found


def _own_team(one: today.Child) -> str:
    """The team for which the manager looks: the first own one that a reason names."""
    named = [reason.team for reason in one.reasons if reason.team and person().may_see_team(reason.team)]
    return named[0] if named else person().teams[0]


def _newest_looks(shown: list[today.Child]) -> dict[str, dict[str, Any]]:
    """The newest look at each child, whichever of its measures it was for, entered here or written in a tracker; words for the page."""
    cases = [(name, one.child_id) for one in shown for name in one.indicators]
    found = {child_id: _of_tracker(said) for child_id, said in looks.told(_rows, person().authority, cases).items()}
    for (_, child_id), said in looks.of_cases(ledger(), _key(), person().authority, cases).items():
        if child_id not in found or said.looked_on >= found[child_id]["looked_on"]:
            found[child_id] = {
                "by": said.by, "looked_on": said.looked_on, "says": looks.SEEN[said.child_seen], "next_on": said.next_on,
                "waits": said.child_seen == "no",
            }  # fmt: skip
    return found


def _of_tracker(said: looks.Told) -> dict[str, Any]:
    labels = {code.code: code.label for code in definitions().code_sets["look_outcome"].codes}
    seen = (
        f"Seen on {day(said.seen_on)}"
        if said.seen_on
        else labels.get(said.outcome, "No word on whether the child was seen")
    )
    return {
        "by": f"{said.by}, by the tracker,", "looked_on": said.looked_on, "says": seen, "next_on": said.next_on,
        "waits": said.seen_on is None and said.outcome != "seen",
    }  # fmt: skip


def _parts(unit: str) -> list[today.Part]:
    return [part for part in today.parts(_rows, person().authority) if part.unit == unit]


def _teams(found: today.Listing) -> list[tuple[str, str]]:
    """The teams to choose from with their children: value and text."""
    named = [
        (name, f"{name} ({count})") for name, count in found.by_team.items() if name and person().may_see_team(name)
    ]
    nobody = found.by_team.get("", 0) if person().role == "officer" else 0
    return named + ([(today.NO_TEAM, f"No team ({nobody})")] if nobody else [])


def _lists(found: today.Listing) -> list[tuple[str, str]]:
    """The lists to choose from with their children, in order of risk."""
    titles = {part.list: part.list_title for part in _parts("child") if part.is_made}
    return [(name, f"{title} ({found.by_list.get(name, 0)})") for name, title in titles.items()]


def _pages(found: today.Listing) -> dict[str, Any]:
    """The pages before and after as the GOV.UK macro wants them."""
    said: dict[str, Any] = {}
    if found.page > 1:
        said["previous"] = {"href": address(page=found.page - 1), "labelText": f"{found.page - 1} of {found.pages}"}
    if found.page < found.pages:
        said["next"] = {"href": address(page=found.page + 1), "labelText": f"{found.page + 1} of {found.pages}"}
    return said
