"""The register of figures given out: what went to whom, what has changed since, who has been told."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from countermark.desk import register
from countermark.desk.figures import ALL, case_nouns
from countermark.desk.people import Roles
from countermark.ledger.records import LedgerConflict, LedgerError
from web.board.blueprint import blueprint, day_of, rows, said_by, to_figure, today
from web.board.forms import GiveOut, Told
from web.context import definitions, ledger, person
from web.leaders import figures
from web.published import positions, snapshot


def _restated() -> list[register.Restated]:
    return register.restated(ledger(), rows(), person().authority, nouns=case_nouns(definitions()))


@blueprint.get("/register")
def given() -> Any:
    """Everything given out, what has changed since first."""
    roles = Roles.of(ledger(), person().authority)
    return render_template(
        "board/register.html", given=register.register(ledger(), person().authority), restated=_restated(), to_figure=to_figure,
        by=lambda one: said_by(one.by, roles.role(one.by)), form=Told(),
    )  # fmt: skip


@blueprint.route("/register/new", methods=["GET", "POST"])
def give() -> Any:
    """Enter figures of one position as they stand now."""
    there = positions(person().authority)
    if not there:
        abort(404)
    asked = request.args.get("as_at", "")
    as_at = day_of(asked) if asked else there[0]
    every = {
        one.indicator_id: one
        for (_, team), one in figures.at(snapshot(), person().authority, as_at).items()
        if team == ALL
    }
    if not every:
        abort(404)
    form = GiveOut()
    form.figures.choices = [(one.indicator_id, f"{one.title} ({one.indicator_id})") for one in every.values()]
    if request.method == "GET":
        form.on.data = today()
    if form.validate_on_submit():
        chosen = [every[name] for name in form.figures.data]
        try:
            register.give_out(
                ledger(), rows(), snapshot().name, chosen, form.receiver.data, form.document.data, form.on.data, person().name,
                form.whom.data or "",
            )  # fmt: skip
        except LedgerError as error:
            form.document.errors = [str(error)]
        else:
            flash(f"Entered: {len(chosen)} {'figure' if len(chosen) == 1 else 'figures'}.", "done")
            return redirect(url_for(".given"))
    return render_template("board/give.html", form=form, as_at=as_at, dates=there), 422 if form.errors else 200


@blueprint.route("/register/<given_id>/told", methods=["GET", "POST"])
def tell(given_id: str) -> Any:
    """Note that a receiver has been told of the revision that stands now."""
    one = next((found for found in _restated() if found.given.id == given_id), None)
    if one is None:
        abort(404)
    form = Told()
    if request.method == "GET":
        form.version.data = one.given.version
    if form.validate_on_submit():
        try:
            register.told(ledger(), one, form.how.data, person().name, int(form.version.data))
        except LedgerConflict:
            raise
        except (LedgerError, ValueError) as error:
            form.how.errors = [str(error) if isinstance(error, LedgerError) else "Load the page again"]
        else:
            flash("Noted: they have been told.", "done")
            return redirect(url_for(".given"))
    return render_template("board/told.html", form=form, one=one), 422 if form.errors else 200
