"""A purge of one child, by an administrator who says why and types a word. No page repeats the id."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from countermark.purge.called import PurgeError
from countermark.purge.purge import Order, purge
from web.context import definitions, home, ledger, person
from web.purging.forms import Ask

blueprint = Blueprint("purging", __name__, template_folder="templates")


@blueprint.route("/admin/purge", methods=["GET", "POST"])
def ask() -> Any:
    """The form, and what the purge came to."""
    form = Ask()
    if form.validate_on_submit():
        names = tuple(filter(None, (form.names.data or "").splitlines()))
        order = Order(form.reason.data, person().name, form.child.data, names=names, authority=person().authority)
        try:
            done = purge(home(), definitions(), ledger(), order)
        except PurgeError as error:
            form.child.errors = [str(error)]
        else:
            return render_template("purging/done.html", done=done)
    return render_template("purging/ask.html", form=form), 422 if form.errors else 200
