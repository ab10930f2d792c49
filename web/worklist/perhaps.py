"""Perhaps one child: pairs of ids that might be one child's, the two records side by side, and an officer's word on them."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from countermark.desk import children, comments, identities
from countermark.desk.identities import Pair
from countermark.ledger.records import LedgerError
from countermark.warehouse.connect import EngineError
from web import published
from web.context import definitions, ledger, person
from web.worklist import desk
from web.worklist.forms import OneChild


def pairs() -> list[Pair]:
    """The pairs that nobody has spoken of, of the publication that stands."""
    authority = person().authority
    found = published.snapshot().kept(("pairs", authority), lambda: _proposed(authority))
    return identities.unspoken(ledger(), desk.key(), authority, found) if found else []


def _proposed(authority: str) -> list[Pair]:
    try:
        return identities.proposed(desk.rows, authority)
    except EngineError:  # a publication of an earlier version has no such table
        return []


def _weighed() -> identities.Weighing:
    try:
        return identities.weighing(desk.rows)
    except EngineError:  # as above
        return identities.Weighing()


def perhaps_one_child() -> Any:
    """Every pair, those that are as good as certain first, then by how probable it is."""
    found = pairs()
    desk.saw("perhaps one child", [one for pair in found for one in (pair.gives_up, pair.keeps)])
    return render_template("worklist/perhaps.html", pairs=found, address=_address, weighed=_weighed())


def two_records(first: str, second: str) -> Any:
    """The two records side by side, and the form."""
    return _two_records(_pair(first, second), OneChild(formdata=None))


def say_whether_one(first: str, second: str) -> Any:
    """Store an officer's word."""
    pair, form = _pair(first, second), OneChild()
    if not form.validate_on_submit():
        return _two_records(pair, form), 422
    same = form.same.data == "yes"
    try:
        comments.refuse_ids(desk.rows, form.reason.data)
        identities.say(
            ledger(), desk.key(), person().authority, pair.gives_up, pair.keeps, same, form.reason.data, person().name
        )
    except LedgerError as error:
        form.reason.errors = [str(error)]
        return _two_records(pair, form), 422
    flash(f"Stored: {'one child' if same else 'two children'}. It counts from the next run on.", "done")
    return redirect(url_for("worklist.perhaps_one_child"))


def _address(child_id: str) -> str:
    return desk.address_of(child_id)


def _pair(first: str, second: str) -> Pair:
    found = [one for one in pairs() if (_address(one.gives_up), _address(one.keeps)) == (first, second)]
    return found[0] if found else abort(404)


def _two_records(pair: Pair, form: OneChild) -> str:
    who, as_at, records = person(), desk.position(), desk.delivered_rows()
    sides = [
        {
            "child_id": one,
            "heading": heading,
            "counts": children.counts(desk.rows, who.authority, one, as_at),
            "rows": _telling_first(
                children.delivered(records, definitions(), who.authority, one, []) if records else []
            ),
        }
        for one, heading in ((pair.gives_up, "The id that would be given up"), (pair.keeps, "The id that would stay"))
    ]
    desk.saw("perhaps one child", [pair.gives_up, pair.keeps])
    return render_template(
        "worklist/two_records.html", pair=pair, sides=sides, form=form, as_at=as_at, address=_address
    )


def _telling_first(rows: list[children.Delivered]) -> list[children.Delivered]:
    """The newest rows, one that says when the child was born before all others: it is the one that stands open."""
    newest = [row for row in rows if row.is_newest]
    return sorted(newest, key=lambda row: not any(cell.is_birth and cell.value for cell in row.cells))
