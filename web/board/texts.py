"""Commentary on a figure, questions put to it, actions about it: forms and lists. Nothing here changes a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from countermark.desk import actions, challenges, commentary, register
from countermark.desk.bound import Bound
from countermark.desk.figures import Figure
from countermark.desk.people import Roles
from countermark.ledger.records import LedgerConflict, LedgerError
from web.board.blueprint import address_of, blueprint, figure_of, find, rows, said_by, to_figure, today
from web.board.forms import Answer, Ask, Close, Commentary, Confirm, FollowUp, Raise
from web.context import definitions, ledger, person


@dataclass(frozen=True)
class Talk:
    """What is said about one figure: for the partial on its page."""

    figure: Figure
    commentary: commentary.Commentary | None
    words: str
    owner: str
    challenges: list[challenges.Challenge]
    actions: list[actions.Action]
    given: int


@blueprint.app_context_processor
def _context() -> dict[str, Any]:
    return {"figure_talk": figure_talk, "board_today": today}


def figure_talk(indicator_id: str, as_at: Any, team: str) -> Talk | None:
    """Commentary, questions and actions of a figure; None where it is not published now."""
    figure = find(indicator_id, as_at, team)
    if figure is None:
        return None
    standing = commentary.commentary(ledger(), figure)
    roles = Roles.of(ledger(), figure.authority)
    return Talk(
        figure, standing, standing.words(officer=person().role == "officer") if standing else "",
        said_by(standing.owner, roles.role(standing.owner)) if standing else "",
        challenges.challenges(ledger(), figure.authority, figure.subject), actions.actions(ledger(), figure.authority, figure.subject),
        len(register.register(ledger(), figure.authority, figure.subject)),
    )  # fmt: skip


def _refusable(field: Any, deed: Callable[[], Any]) -> bool:
    """Do it; a refusal stands beside the field. Somebody else's change meanwhile is answered on a page of its own."""
    try:
        deed()
    except LedgerConflict:
        raise
    except LedgerError as error:
        field.errors = [str(error)]
        return False
    return True


def _seen(form: FlaskForm) -> int:
    """The version that the form was made from."""
    text = str(form.version.data)
    return int(text) if text.isdecimal() else abort(400)


@blueprint.route("/indicators/<indicator>/commentary", methods=["GET", "POST"])
def comment(indicator: str) -> Any:
    """Write or rewrite the commentary of a figure."""
    figure, form = figure_of(indicator), Commentary()
    standing = commentary.commentary(ledger(), figure)
    if request.method == "GET":
        form.text.data, form.owner.data = (standing.text, standing.owner) if standing else ("", "")
        form.version.data = standing.version if standing else 0
    if form.validate_on_submit():
        text, owner = form.text.data, form.owner.data or ""
        if _refusable(form.text, lambda: commentary.write(
            ledger(), rows(), figure, text, person().name, owner, _seen(form)
        )):  # fmt: skip
            flash("The commentary is saved.", "done")
            return redirect(to_figure(figure))
    holes = [
        (name, meaning, commentary.fill("{" + name + "}", Bound.to(figure)))
        for name, (meaning, _) in commentary.PLACEHOLDERS.items()
    ]
    shown = render_template(
        "board/commentary.html", form=form, figure=figure, standing=standing, holes=holes, back=to_figure(figure)
    )
    return shown, 422 if form.errors else 200


@blueprint.post("/indicators/<indicator>/commentary/confirm")
def confirm(indicator: str) -> Any:
    """Say that the commentary still holds of the figure as it stands now."""
    figure, form = figure_of(indicator), Confirm()
    if not form.validate_on_submit():
        abort(400)
    commentary.confirm(ledger(), figure, person().name, _seen(form))
    flash("Confirmed: the commentary now speaks of the figure as it stands.", "done")
    return redirect(to_figure(figure))


@blueprint.route("/indicators/<indicator>/challenges", methods=["GET", "POST"])
def ask(indicator: str) -> Any:
    """Put a question to a figure."""
    figure, form = figure_of(indicator), Ask()
    if form.validate_on_submit():
        made: list[challenges.Challenge] = []
        if _refusable(
            form.text,
            lambda: made.append(challenges.ask(ledger(), rows(), figure, form.text.data, person().name, _role())),
        ):
            flash("Your question stands beside the figure. The performance team answers it.", "done")
            return redirect(url_for(".challenge", challenge_id=made[0].id))
    return render_template(
        "board/ask.html", form=form, figure=figure, back=to_figure(figure)
    ), 422 if form.errors else 200


@blueprint.get("/challenges")
def asked() -> Any:
    """Every question, those that wait first."""
    found = [one for one in challenges.challenges(ledger(), person().authority) if person().may_see_team(one.team)]
    order = [challenges.ASKED, challenges.ANSWERED, challenges.CLOSED]
    found.sort(key=lambda one: order.index(one.state))
    return render_template("board/challenges.html", found=found, to_figure=to_figure)


@blueprint.get("/challenges/<challenge_id>")
def challenge(challenge_id: str) -> Any:
    """One question with its answer."""
    one, form = _challenge(challenge_id), Answer(formdata=None)
    form.version.data, form.text.data = one.version, one.answer
    return _challenge_page(one, form)


@blueprint.post("/challenges/<challenge_id>/answer")
def answer(challenge_id: str) -> Any:
    """Answer a question, or answer it anew."""
    one, form = _challenge(challenge_id), Answer()
    if form.validate_on_submit():
        text = form.text.data
        if _refusable(
            form.text, lambda: challenges.answer(ledger(), rows(), one, text, person().name, _role(), _seen(form))
        ):
            flash("The answer stands beside the figure.", "done")
            return redirect(url_for(".challenge", challenge_id=one.id))
    return _challenge_page(one, form), 422


def _challenge_page(one: challenges.Challenge, form: Answer) -> str:
    closing = Close(formdata=None)
    closing.version.data = one.version
    return render_template(
        "board/challenge.html", one=one, form=form, closing=closing, back=to_figure(one, "challenges"), title=_title(one.indicator_id),
        raise_for=address_of(one),
        asked_by=said_by(one.asked_by, one.role),
    )  # fmt: skip


@blueprint.post("/challenges/<challenge_id>/close")
def close(challenge_id: str) -> Any:
    """The asker's side is content with the answer."""
    one, form = _challenge(challenge_id), Close()
    if not form.validate_on_submit():
        abort(400)
    challenges.close(ledger(), one, person().name, _seen(form))
    flash("The question is closed.", "done")
    return redirect(url_for(".challenge", challenge_id=one.id))


@blueprint.get("/actions")
def agreed() -> Any:
    """Every action, the overdue ones first. A team manager sees the own ones and those of the own teams."""
    who = person()
    found = [one for one in actions.actions(ledger(), who.authority) if _may_read(one)]
    return render_template(
        "board/actions.html", overdue=[one for one in found if one.is_overdue(today())],
        rest=[one for one in found if not one.is_overdue(today()) and not one.done_on], done=[one for one in found if one.done_on],
        to_figure=to_figure, owner=lambda one: said_by(one.owner, one.owner_role),
    )  # fmt: skip


@blueprint.route("/indicators/<indicator>/actions/new", methods=["GET", "POST"])
def agree(indicator: str) -> Any:
    """Agree an action about a figure, perhaps out of a question."""
    figure, form = figure_of(indicator), Raise()
    if form.validate_on_submit():
        text, owner, due, out_of = form.text.data, form.owner.data, form.due.data, request.args.get("challenge", "")
        if _refusable(form.due if due < today() else form.text, lambda: actions.raise_(
            ledger(), rows(), figure, text, owner, due, person().name, out_of
        )):  # fmt: skip
            flash("The action is agreed.", "done")
            return redirect(url_for(".agreed"))
    return render_template(
        "board/agree.html", form=form, figure=figure, back=to_figure(figure)
    ), 422 if form.errors else 200


@blueprint.get("/actions/<action_id>")
def action(action_id: str) -> Any:
    """One action and how it stands."""
    one, form = _action(action_id), FollowUp(formdata=None)
    form.version.data = one.version
    return _action_page(one, form)


@blueprint.post("/actions/<action_id>/follow-up")
def follow_up(action_id: str) -> Any:
    """What its owner, or the performance team, adds."""
    one, form = _action(action_id), FollowUp()
    if not _may_add(one):
        g.refusal = "The action's owner, or the performance team, says how it stands."
        abort(403)
    if form.validate_on_submit():
        says, done = form.says.data, form.state.data == "done"
        if _refusable(form.says, lambda: actions.follow_up(
            ledger(), rows(), one, says, person().name, done=done, expected_version=_seen(form)
        )):  # fmt: skip
            flash("Saved.", "done")
            return redirect(url_for(".agreed"))
    return _action_page(one, form), 422


def _action_page(one: actions.Action, form: FollowUp) -> str:
    return render_template(
        "board/action.html", one=one, form=form, may_add=_may_add(one) and not one.done_on, back=to_figure(one, "actions"),
        title=_title(one.indicator_id),
        owner=said_by(one.owner, one.owner_role), said_by=said_by,
    )  # fmt: skip


def _action(action_id: str) -> actions.Action:
    try:
        found = actions.action(ledger(), person().authority, action_id)
    except LedgerError:
        abort(404)
    return found if _may_read(found) else abort(403)


def _title(indicator_id: str) -> str:
    known = definitions().indicators.get(indicator_id)
    return known.title if known else indicator_id


def _may_add(one: actions.Action) -> bool:
    return person().role == "officer" or _owns(one)


def _challenge(challenge_id: str) -> challenges.Challenge:
    try:
        found = challenges.challenge(ledger(), person().authority, challenge_id)
    except LedgerError:
        abort(404)
    if not person().may_see_team(found.team):
        abort(403)
    return found


def _owns(one: actions.Action) -> bool:
    own = Roles.of(ledger(), person().authority).role(person().name)
    return one.is_of(person().name, own)


def _may_read(one: actions.Action) -> bool:
    return person().may_see_team(one.team) or _owns(one)


def _role() -> str:
    """The role as authority.toml has it; as the account has it where it names none."""
    known = Roles.of(ledger(), person().authority)
    return known.role(person().name) if known.knows(person().name) else person().role_words.lower()
