"""One item of the worklist: a difference with both sides, a failure with its rule; deciding, giving it to somebody, commenting."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from countermark.certify.each import decide_each
from countermark.certify.read_fields import fields_of
from countermark.desk import assignments, between, children, comments, differences, groups, histories
from countermark.desk.worklist import Item
from countermark.ledger.records import LedgerError
from web import published
from web.context import definitions, ledger, person
from web.worklist import desk, words
from web.worklist.forms import Decide, Give, Say

KINDS = {"differences": "difference", "failures": "failure"}


def difference(item_id: str) -> Any:
    """Both sides beside each other, why they differ, what was decided and said."""
    return _difference(item_id, {})


def failure(item_id: str) -> Any:
    """The rule that fails, the row and its cell, what was said."""
    return _failure(item_id, {})


def decide(item_id: str) -> Any:
    """Store a decision, bound to what the officer saw; where somebody was faster, show it again with both."""
    from web.app import after_deed

    item, form = desk.item(item_id, desk.position(), "difference"), Decide()
    form.position = item.as_at
    if item.is_between_systems:
        form.of_systems(words.sides(item.indicator_id))
    if not form.validate_on_submit():
        return _difference(item_id, {"decide": form}, 422)
    try:
        comments.refuse_ids(desk.rows, form.reason.data, form.evidence.data or "")
        _, refused = decide_each(
            ledger(),
            published.snapshot().path,
            [item_id],
            person().name,
            expected_version={item_id: _seen()},
            read_fields={item_id: read} if (read := request.form.get("fields", "")) else {},
            **form.said,
        )
    except LedgerError as error:
        form.refuse(str(error))
        return _difference(item_id, {"decide": form}, 422)
    if refused:
        form.refuse(refused[0].why)
        return _difference(item_id, {"decide": form}, 409 if refused[0].conflict else 422)
    return after_deed("Your decision is stored.", _back(item_id, "differences"))


def comment(kind: str, item_id: str) -> Any:
    """Store a comment."""
    desk.item(item_id, desk.position(), KINDS[kind])
    form = Say()
    if form.validate_on_submit():
        try:
            comments.comment(ledger(), desk.rows, person().authority, item_id, form.text.data, person().name)
        except LedgerError as error:
            form.text.errors = [str(error)]
        else:
            flash("Your comment is stored.", "done")
            return redirect(_back(item_id, kind) + "#comments")
    return _again(kind, item_id, {"say": form}, 422)


def assign(kind: str, item_id: str) -> Any:
    """Give it to somebody, or to nobody."""
    desk.item(item_id, desk.position(), KINDS[kind])
    form = give_form()
    if not form.validate_on_submit():
        return _again(kind, item_id, {"give": form}, 422)
    holder = form.holder.data
    _, refused = assignments.assign(ledger(), person().authority, [item_id], holder, person().name, {item_id: _seen()})
    if refused:
        form.holder.errors = ["Somebody else has given it on in the meantime: look who has it now, then choose again"]
        return _again(kind, item_id, {"give": form}, 409)
    flash(f"{holder or 'Nobody'} has it now.", "done")
    return redirect(_back(item_id, kind))


def _again(kind: str, item_id: str, forms: dict[str, Any], status: int) -> Any:
    return (_difference if kind == "differences" else _failure)(item_id, forms, status)


def _seen() -> int:
    said = request.form.get("seen", "")
    if not said.isascii() or not said.isdigit():
        abort(400)
    return int(said)


def _back(item_id: str, kind: str) -> str:
    return url_for(f"worklist.{KINDS[kind]}", item_id=item_id, as_at=request.args.get("as_at") or None)


def give_form(item: Item | None = None) -> Give:
    """The form that gives items to somebody, with those who have a desk here."""
    form = Give()
    names, teams = (of(ledger(), person().authority) for of in (assignments.people, assignments.teams))
    form.holder.choices = [("", "Nobody"), *((name, name) for name in names), *((one, f"Team {one}") for one in teams)]
    if request.method == "GET" and item is not None:
        form.holder.data = item.assigned
    return form


def _said(item: Item, forms: dict[str, Any]) -> dict[str, Any]:
    """What both kinds of pages show: who has it, comments, and forms (as sent, where something was wrong with one)."""
    who = person()
    given = assignments.of_items(ledger(), who.authority, [item.item_id]).get(item.item_id)
    said = comments.comments(ledger(), who.authority, [item.item_id]).get(item.item_id, [])
    give = forms.get("give") or give_form(item)
    if "give" not in forms:
        give.holder.data = item.assigned
    desk.saw("child", [item.child_id])
    return {
        "item": item,
        "given": given,
        "comments": said,
        "give": give,
        "say": forms.get("say") or Say(formdata=None),
        "wrong": next(iter(forms.values()), None),
    }


def _difference(item_id: str, forms: dict[str, Any], status: int = 200) -> Any:
    who = person()
    if of_systems := between.find(desk.rows, who.authority, item_id, desk.position()):
        return _between(of_systems, item_id, forms, status)
    found = differences.find(desk.rows, who.authority, item_id, desk.position())
    if found is None:
        return abort(404)
    item = desk.item(item_id, found.as_at, "difference")
    decisions = [one for one in ledger().decisions(newest=False, breaks=[item_id]) if one.authority == who.authority]
    form = forms.get("decide") or Decide(formdata=None)
    form.position = found.as_at
    every = groups.of_one_fact(desk.rows, who.authority, found.as_at, [item_id], desk.only())
    system = found.any("system_delivery_id"), found.any("system_source_row")
    failing = children.failures(desk.rows, who.authority, item.child_id) if item.child_id else []
    return render_template(
        "worklist/difference.html", found=found, decide=form, decisions=decisions, seen=len(decisions),
        fields=fields_of(published.snapshot().path, [item_id]).get(item_id, ""),
        fellows=[one for one in every if one["item_id"] != item_id], all_of_it=[one["item_id"] for one in every],
        past=histories.history(desk.rows, ledger(), who.authority, item_id, definitions().reasons, desk.today()),
        definition=definitions().indicators.get(found.first["indicator_id"]), reasons=definitions().reasons,
        listed=[row for place in found.places if (row := _row(*place, failing))],
        recorded=_row(*system, failing) if desk.may_see(item.child_id) else None, is_system_row=system[1] is not None,
        **_said(item, forms),
    ), status  # fmt: skip


def _between(found: between.Between, item_id: str, forms: dict[str, Any], status: int) -> Any:
    """A difference between two systems: what either says, with its row."""
    who = person()
    item = desk.item(item_id, found.as_at, "difference")
    decisions = [one for one in ledger().decisions(newest=False, breaks=[item_id]) if one.authority == who.authority]
    form = forms.get("decide") or Decide(formdata=None).of_systems(found.names)
    failing = children.failures(desk.rows, who.authority, item.child_id) if item.child_id else []
    may_see = desk.may_see(item.child_id)
    return render_template(
        "worklist/between.html", found=found, decide=form, decisions=decisions, seen=len(decisions),
        fields=fields_of(published.snapshot().path, [item_id]).get(item_id, ""),
        past=histories.history(desk.rows, ledger(), who.authority, item_id, definitions().reasons, desk.today()),
        definition=definitions().pairs.get(found.row["pair_id"]),
        records=[(side.name, _row(*side.place, failing)) for side in found.sides if side.has and may_see],
        **_said(item, forms),
    ), status  # fmt: skip


def _failure(item_id: str, forms: dict[str, Any], status: int = 200) -> Any:
    as_at = desk.position()
    item = desk.item(item_id, as_at, "failure")
    every = groups.of_one_fact(desk.rows, person().authority, as_at, [item_id], desk.only())
    failing = [
        {"delivery_id": one["delivery_id"], "source_row": one["source_row"], "header": one["header"], "failure_id": item_id,
         "rule_code": item.rule_code, "severity": item.severity, "message": item.message}
        for one in item.places or []
    ]  # fmt: skip
    records = [_row(one["delivery_id"], one["source_row"], failing) for one in item.places or []]
    return render_template(
        "worklist/failure.html", records=[one for one in records if one], contract=definitions().contracts.get(item.contract or ""),
        fellows=[one for one in every if one["item_id"] != item_id], as_at=as_at, **_said(item, forms),
    ), status  # fmt: skip


def _row(delivery_id: str | None, source_row: str | None, failing: list[dict[str, Any]]) -> children.Delivered | None:
    records = desk.delivered_rows()
    if records is None:
        return None
    return children.row_at(records, definitions(), person().authority, delivery_id, source_row, failing)
