"""A team manager's morning: counts to give, own differences and failures, and the children who are overdue, each with a look."""

from __future__ import annotations

import io
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for

from countermark.certify.judge import name_of, people_of
from countermark.contracts.authority import parse_authority
from countermark.desk import children, counting, looks, uploads, worklist
from countermark.desk.worklist import Filters
from countermark.ledger.secrets import pseudonym, pseudonym_key
from countermark.templates import names, write_template
from web import access, published
from web.context import definitions, home, ledger, person
from web.deliveries import queries as deliveries
from web.deliveries.pages import names_no_child, start_run
from web.teams import forms, queries
from web.words import pseudonym_of

blueprint = Blueprint("teams", __name__, template_folder="templates")
FEW = 10
NOT_YOURS = "This is another team's page: you see your own teams."


@blueprint.get("/team")
def morning() -> Any:
    """One team at one date. A team manager opens no other's."""
    as_at = _position()
    team, choice = _team(as_at)
    found = queries.overdue(person().authority, as_at, team) if team else []
    shown = {row["child_id"] for one in found for row in one.rows}
    access.saw("team", team=team, as_at=as_at.isoformat(), children=sorted(map(pseudonym_of, shown)))
    return render_template(
        "teams/morning.html", team=team, teams=choice, as_at=as_at, positions=published.positions(person().authority),
        owed=deliveries.owed(person().authority, as_at, (team,)) if team else [], due=deliveries.due_on(as_at, _parameters()),
        work=_work(as_at, team), overdue=found, looks=_looks(found), seen=looks.SEEN, mark=_mark, templates=_templates(),
        today=date.today(), reason=_reason, address=lambda child_id: children.address(_key(), child_id),
    )  # fmt: skip


def _templates() -> list[tuple[str, str]]:
    """The templates of what teams keep: name and title."""
    contracts = definitions().contracts
    return [
        (name, contracts[name].title)
        for name in names(definitions())
        if contracts[name].family in uploads.KEPT_BY_TEAMS
    ]


def _reason(code: str) -> str:
    """A reason as people read it."""
    known = definitions().reasons.get(code)
    return known.people_read if known else code


def _position() -> date:
    there = published.positions(person().authority)
    if not there:
        g.refusal = "Nothing has been published for your council yet."
        abort(404)
    return next((day for day in there if day.isoformat() == request.args.get("as_at")), there[0])


def _team(as_at: date) -> tuple[str, list[str]]:
    """The team asked for, and those to choose from. 403 for a team that is not the person's."""
    who = person()
    choice = list(who.teams) if who.role == "team_manager" else queries.teams(who.authority, as_at)
    asked = request.args.get("team")
    if asked and not who.may_see_team(asked):
        g.refusal = NOT_YOURS
        abort(403)
    if asked and asked not in choice:
        abort(404)
    return asked or (choice[0] if choice else ""), choice


def _parameters() -> dict[str, Any]:
    text = ledger().authority_text(person().authority)
    return dict(parse_authority(text).parameters) if text else {}


def _work(as_at: date, team: str) -> worklist.Listing | None:
    """The team's first lines of the worklist; None where the publication is of a version that knew none."""
    rows = published.snapshot().rows
    if not team or not rows("select 1 from duckdb_columns() where table_name = 'items' and column_name = 'fact'"):
        return None
    wanted = Filters(as_at, team=team, only=(team,))
    return worklist.read(lambda sql, said: rows(sql, dict(said)), person().authority, wanted, {}, date.today())


def _looks(found: list[queries.Overdue]) -> dict[tuple[str, str], looks.Look]:
    """The newest look at each child, by measure and child."""
    return {
        (one.indicator_id, child): look
        for one in found
        for child, look in looks.of_children(
            ledger(), _key(), person().authority, one.indicator_id, {row["child_id"] for row in one.rows}
        ).items()
    }


def _key() -> bytes:
    if "pseudonym_key" not in g:
        g.pseudonym_key = pseudonym_key(home().path)
    key: bytes = g.pseudonym_key
    return key


def _mark(child_id: str) -> str:
    """What stands for a child in an address."""
    return pseudonym(_key(), "child", child_id)


@blueprint.route("/team/look", methods=["GET", "POST"])
def look() -> Any:
    """A look at one overdue child of an own team, for one measure."""
    as_at = _position()
    team, _ = _team(as_at)
    asked, mark = request.args.get("indicator", ""), request.args.get("child", "")
    found = [one for one in queries.overdue(person().authority, as_at, team) if one.indicator_id == asked]
    row = next((row for one in found for row in one.rows if _mark(row["child_id"]) == mark), None) or abort(404)
    before = looks.of_children(ledger(), _key(), person().authority, asked, [row["child_id"]]).get(row["child_id"])
    form = forms.Look()
    access.saw("child", children=[pseudonym_of(row["child_id"])])
    if form.validate_on_submit():
        looked_on, child_seen, next_on = (
            form.looked_on.data or date.today(),
            str(form.child_seen.data),
            form.next_on.data,
        )
        if wrong := looks.problems(looked_on, child_seen, next_on, date.today()):
            for name, text in wrong.items():
                getattr(form, name).errors = [text]
        else:
            looks.record(
                ledger(), _key(), person().authority, row["child_id"], asked, team, as_at, looked_on, child_seen, next_on,
                by=person().name, today=date.today(), expected_version=before.version if before else 0,
            )  # fmt: skip
            flash("Your look is entered.", "done")
            return redirect(url_for("teams.morning", team=team, as_at=as_at.isoformat()))
    return render_template(
        "teams/look.html", form=form, row=row, one=found[0], team=team, as_at=as_at, before=before, seen=looks.SEEN
    ), 422 if form.errors else 200


@blueprint.route("/team/count", methods=["GET", "POST"])
def count() -> Any:
    """A count typed in: a file like any other is made of it, and taken in by a run."""
    as_at = _position()
    team, choice = _team(as_at)
    indicator = definitions().indicators.get(request.args.get("indicator", "")) or abort(404)
    form = forms.Count()
    if indicator.measures == "count":
        del form.denominator
        form.numerator.label.text = "How many are there?"
    if form.validate_on_submit():
        typed = counting.TypedCount(
            indicator.id, team, as_at, form.numerator.data, form.denominator.data if "denominator" in form else None, form.method.data,
            form.note.data or "", name_of(person().name, people_of(ledger(), person().authority)), date.today(),
        )  # fmt: skip
        wrong = counting.problems(typed, indicator, date.today())
        if not wrong and names_no_child(form.note):
            return _hand_in(typed)
        for name, text in wrong.items():
            getattr(form, name).errors = [text]
    return render_template(
        "teams/count.html", form=form, indicator=indicator, team=team, teams=choice, as_at=as_at
    ), 422 if form.errors else 200


def _hand_in(typed: counting.TypedCount) -> Any:
    who, content = person(), io.BytesIO(counting.as_file(typed, definitions()))
    received = uploads.receive(home(), content, who.authority, who.username, who.name)
    uploads.deliver(home(), ledger(), definitions(), received)
    start_run(received.id)
    return redirect(url_for("deliveries.handed_in", upload_id=received.id))


@blueprint.get("/team/template/<name>")
def template(name: str) -> Any:
    """An empty template for a count, its list or a tracker."""
    if name not in [known for known, _ in _templates()]:
        abort(404)
    with tempfile.TemporaryDirectory() as folder:
        path = write_template(name, Path(folder) / f"{name}.xlsx", definitions())
        content = io.BytesIO(path.read_bytes())
    return send_file(content, as_attachment=True, download_name=f"{name}.xlsx")
