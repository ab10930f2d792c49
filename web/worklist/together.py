"""Many items at once: ticked on the worklist, shown together, decided or given to somebody; what cannot be stored is listed by name."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for

from countermark.certify.each import Refused, decide_each
from countermark.certify.read_fields import fields_of
from countermark.desk import assignments, comments, groups
from countermark.desk.worklist import Item
from countermark.ledger.records import LedgerError
from web import published
from web.context import ledger, person
from web.worklist import desk, words
from web.worklist.forms import Decide
from web.worklist.items import give_form

MOST = 100
GIVEN_ON = "Somebody else has given it on in the meantime: look who has it now."


def ticked() -> Any:
    """From the ticks to an address that says which: a page that can be loaded again."""
    ids = list(dict.fromkeys(request.form.getlist("item")))[:MOST]
    if not ids:
        flash("Tick at least one line first.", "refused")
        return redirect(_worklist())
    ids = _with_fellows(ids, desk.position(request.form.get("as_at")))
    return redirect(url_for("worklist.together", item=ids, as_at=request.form.get("as_at"), back=_worklist()), 303)


def _with_fellows(ids: list[str], as_at: date) -> list[str]:
    """A line stands for a fact: with each difference go the open ones of the same fact."""
    found = groups.of_one_fact(desk.rows, person().authority, as_at, ids, desk.only())
    return list(dict.fromkeys([*ids, *(one["item_id"] for one in found if one["state"] == "open")]))[:MOST]


def together() -> Any:
    """The ticked items with both forms."""
    return _together({})


def decide_together() -> Any:
    """One decision for each of the differences whose version is still the one that was shown."""
    found, form = _found(), Decide()
    form.position = desk.position()
    chosen = _decided_on(found)
    _fit(form, chosen)
    if not form.validate_on_submit() or not chosen:
        return _together({"decide": form}, 422)
    seen = _seen("decided", chosen)
    try:
        comments.refuse_ids(desk.rows, form.reason.data, form.evidence.data or "")
        stored, refused = decide_each(
            ledger(),
            published.snapshot().path,
            [item.item_id for item in chosen],
            person().name,
            expected_version=seen,
            read_fields={
                one.item_id: read for one in chosen if (read := request.form.get(f"fields-{one.item_id}", ""))
            },
            **form.said,
        )
    except LedgerError as error:
        form.refuse(str(error))
        return _together({"decide": form}, 422)
    stood = not stored or current_app.extensions["publisher"].soon()
    done = f"{_many(len(stored), 'difference')} decided."
    done += "" if stood else " The figures follow when the publication under way has ended."
    return _ended(done, chosen, refused)


def assign_together() -> Any:
    """Give each item that nobody else has given on meanwhile to one person."""
    found, form = _found(), give_form()
    if not form.validate_on_submit() or not found:
        return _together({"give": form}, 422)
    stored, late = assignments.assign(
        ledger(),
        person().authority,
        [item.item_id for item in found],
        form.holder.data,
        person().name,
        _seen("given", found),
    )
    done = f"{_many(len(stored), 'item')} given to {form.holder.data or 'nobody'}."
    return _ended(done, found, [Refused(one, GIVEN_ON, True) for one in late])


def _ended(done: str, chosen: list[Item], refused: list[Refused]) -> Any:
    if not refused:
        flash(done, "done")
        return redirect(_worklist())
    named = {item.item_id: item for item in chosen}
    desk.saw("worklist", [item.child_id for item in chosen])
    status = 409 if any(one.conflict for one in refused) else 422
    return render_template(
        "worklist/refused.html", done=done, refused=[(named[r.subject], r) for r in refused], back=_worklist()
    ), status


def _together(forms: dict[str, Any], status: int = 200) -> Any:
    found, who = _found(), person()
    if not found:
        return abort(404)
    ids = [item.item_id for item in found]
    desk.saw("worklist", [item.child_id for item in found])
    versions = {one.break_id: one.version for one in ledger().decisions(breaks=ids) if one.authority == who.authority}
    given = {name: one.version for name, one in assignments.of_items(ledger(), who.authority, ids).items()}
    return render_template(
        "worklist/together.html", items=found, versions=versions, given=given,
        fields=fields_of(published.snapshot().path, ids), decide=forms.get("decide") or _fit(Decide(formdata=None), _decided_on(found)),
        differing=_decided_on(found),
        give=forms.get("give") or give_form(), wrong=next(iter(forms.values()), None), back=_worklist(),
        as_at=desk.position(request.values.get("as_at")),
    ), status  # fmt: skip


def _decided_on(found: list[Item]) -> list[Item]:
    """The differences that one decision is for: those of figures; those between systems where no other is among them."""
    of_figures = [item for item in found if item.is_difference and not item.is_between_systems]
    return of_figures or [item for item in found if item.is_between_systems]


def _fit(form: Decide, chosen: list[Item]) -> Decide:
    """The form with the decisions that there are of what is chosen."""
    pairs = {item.indicator_id for item in chosen if item.is_between_systems}
    return form.of_systems(words.sides(pairs.pop()) if len(pairs) == 1 else None) if pairs else form


def _found() -> list[Item]:
    return desk.items(request.values.getlist("item")[:MOST], desk.position(request.values.get("as_at")))


def _seen(what: str, chosen: list[Item]) -> dict[str, int]:
    said = {item.item_id: request.form.get(f"{what}-{item.item_id}", "") for item in chosen}
    if not all(text.isascii() and text.isdigit() for text in said.values()):
        abort(400)
    return {one: int(text) for one, text in said.items()}


def _worklist() -> str:
    """Back to the worklist as it was filtered: an address of our own or the plain one."""
    back = request.values.get("back", "")
    return back if back.startswith("/worklist?") or back == "/worklist" else url_for("worklist.listing")


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
