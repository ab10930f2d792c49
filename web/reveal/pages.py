"""Whom a pseudonym stands for: shown once, after a reason was given, which stands in the audit chain before the id stands on the page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from countermark.ledger.secrets import pseudonym, pseudonym_key
from web.access import saw
from web.context import home, person
from web.published import snapshot
from web.reveal.forms import Ask

blueprint = Blueprint("reveal", __name__, template_folder="templates")
SIGNS = 8
CHILDREN = """
select distinct child_id from (
    select child_id from main.members where authority = $authority
    union all select child_id from main.breaks where authority = $authority
    union all select child_id from main.failures where authority = $authority
) where child_id is not null order by child_id
"""


@blueprint.route("/reveal", methods=["GET", "POST"])
def ask() -> Any:
    """The form; after a reason the id, on the answer and nowhere else."""
    form = Ask()
    if request.method == "GET":
        form.child.data = form.child.filters[0](request.args.get("child", ""))
    if form.validate_on_submit():
        found = whom(form.child.data)
        if found:
            saw("reveal", children=[f"Child {form.child.data}"], reason=" ".join(form.reason.data.split()))
            return render_template("reveal/shown.html", pseudonym=form.child.data, child_id=found)
        form.child.errors = ["No child that is published here has this pseudonym."]
    return render_template("reveal/ask.html", form=form), 422 if form.errors else 200


def whom(asked: str) -> str | None:
    """The child of the person's own authority for whom the pseudonym stands; None where none does."""
    authority = person().authority
    known: dict[str, str] = snapshot().kept(("pseudonyms", authority), lambda: _known(authority))
    return known.get(asked)


def _known(authority: str) -> dict[str, str]:
    key = pseudonym_key(home().path)
    children = [str(row["child_id"]) for row in snapshot().rows(CHILDREN, {"authority": authority})]
    return {pseudonym(key, "child", one)[:SIGNS]: one for one in children}
