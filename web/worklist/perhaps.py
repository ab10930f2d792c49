"""Perhaps one child: pairs of ids that might be one child's, the two records side by side, and an officer's word on them."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for

from countermark.desk import children, comments, identities
from countermark.desk.identities import Pair
from countermark.ledger.records import LedgerError
from web import published
from web.context import definitions, ledger, person
from web.worklist import desk
from web.worklist.forms import OneChild


def pairs() -> list[Pair]:
    """The pairs that nobody has spoken of, of the publication that stands."""
    snapshot = published.snapshot()
    there = snapshot.kept("has proposals", lambda: _is_there())
    return identities.pairs(ledger(), desk.rows, desk.key(), person().authority) if there else []


def _is_there() -> bool:
    query = (
        "select count(*) as n from duckdb_tables() where schema_name = 'facts' and table_name = 'identity_proposals'"
    )
    return bool(desk.rows(query, {})[0]["n"])


def perhaps_one_child() -> Any:
    """Every pair, those that are as good as certain first."""
    found = pairs()
    desk.saw("perhaps one child", [one for pair in found for one in (pair.gives_up, pair.keeps)])
    return render_template("worklist/perhaps.html", pairs=found, address=_address)


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
            "rows": children.delivered(records, definitions(), who.authority, one, []) if records else [],
        }
        for one, heading in ((pair.gives_up, "The id that would be given up"), (pair.keeps, "The id that would stay"))
    ]
    desk.saw("perhaps one child", [pair.gives_up, pair.keeps])
    return render_template(
        "worklist/two_records.html", pair=pair, sides=sides, form=form, as_at=as_at, address=_address
    )
