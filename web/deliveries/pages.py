"""Deliveries as received, and a file handed in step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for

from countermark.certify.judge import name_of, people_of
from countermark.desk import answers, started, uploads
from countermark.desk.comments import refuse_ids
from countermark.desk.uploads import Preview, Upload
from countermark.exports.sent_out import CONTRACT
from countermark.ledger.records import LedgerError, Receipt
from countermark.looking import Looked
from countermark.readers.headings import fold, layout_of
from countermark.warehouse.held import release as record_release
from countermark.warehouse.held import released_in
from web import published
from web.access import saw
from web.context import definitions, home, ledger, person
from web.deliveries import forms, queries
from web.published import Row
from web.words import pseudonym_of

blueprint = Blueprint("deliveries", __name__, template_folder="templates")


@blueprint.get("/deliveries")
def listing() -> Any:
    """Everything received, newest first. Files are not named here: a file's name can be a child's."""
    say = request.args.get
    page = int(say("page", "1")) if say("page", "1").isdigit() else 1
    rows, total = queries.received(person().authority, say("list", ""), say("status", ""), max(1, page))
    pages = max(1, -(-total // queries.PAGE))
    return render_template(
        "deliveries/listing.html", rows=rows, total=total, page=max(1, page), pages=pages, lists=queries.lists(person().authority),
        words=queries.STATUS_WORDS,
    )  # fmt: skip


@blueprint.get("/deliveries/<delivery_id>")
def one(delivery_id: str) -> Any:
    """One list of one file: its receipt, the rows not taken, what changed since the extract before."""
    found = queries.delivery(person().authority, delivery_id) or abort(404)
    return _one(found)


def _one(found: Row, withdraw: forms.Withdraw | None = None, release: forms.Release | None = None) -> str:
    """The page of a delivery. `withdraw` and `release` are forms that were refused, to be shown with what is wrong."""
    delivery_id, changes = found["delivery_id"], queries.changes(found)
    kind = request.args.get("changed", "")
    changed = queries.changed_rows(home(), found, kind if kind in queries.CHANGED_WORDS else "")
    children = sorted({row["child_id"] for row in changed if row["child_id"]})
    came_back = answers.rows(_asked, delivery_id) if found["contract"] == CONTRACT else []
    children += sorted({row["case_id"].split("/")[0] for row in came_back if row["case_id"]})
    saw("child", children=[pseudonym_of(child) for child in children])
    workbook = next(
        (one for one in answers.receipts(_asked, person().authority) if one.delivery_id == delivery_id), None
    )
    return render_template(
        "deliveries/one.html",
        answers=came_back, workbook=workbook,
        one=found, rejects=queries.rejects(delivery_id), words=queries.STATUS_WORDS,
        totals={row["kind"]: row["rows"] for row in changes if not row["heading"]}, changes=[row for row in changes if row["heading"]],
        against=changes[0]["against"] if changes else None, form=withdraw or forms.Withdraw(), release=release or forms.Release(),
        running=started.progress(home(), _mark(delivery_id)), changed=changed, kinds=queries.CHANGED_WORDS, kind=kind,
        most=queries.MOST_CHANGED, drift=queries.drift(found), is_released=delivery_id in released_in(ledger()),
    )  # fmt: skip


@blueprint.post("/deliveries/<delivery_id>/withdraw")
def withdraw(delivery_id: str) -> Any:
    """Take a delivery back: it stays in the record and leaves every figure with the run that starts now."""
    found = queries.delivery(person().authority, delivery_id) or abort(404)
    form = forms.Withdraw()
    if not (form.validate_on_submit() and names_no_child(form.reason)):
        return _one(found, withdraw=form), 422
    name = name_of(person().name, people_of(ledger(), person().authority))
    ledger().withdraw(delivery_id, form.reason.data, name)
    start_run(_mark(delivery_id))
    flash("The delivery is taken back. The figures follow when the run that has begun has ended.", "done")
    return redirect(url_for("deliveries.one", delivery_id=delivery_id))


@blueprint.post("/deliveries/<delivery_id>/release")
def release(delivery_id: str) -> Any:
    """Use a held delivery: the run that starts now makes the figures from it."""
    found = queries.delivery(person().authority, delivery_id) or abort(404)
    form = forms.Release()
    if not (form.validate_on_submit() and names_no_child(form.reason)):
        return _one(found, release=form), 422
    held = {delivery_id: found["authority"]} if found["status"] == "held" else {}
    who = person()  # authority.toml names those who count, check and sign; an engineer has an account alone
    name = who.name if who.role == "engineer" else name_of(who.name, people_of(ledger(), who.authority))
    record_release(ledger(), held, delivery_id, form.reason.data, name)
    start_run(_mark(delivery_id))
    flash("The delivery is released. The figures follow when the run that has begun has ended.", "done")
    return redirect(url_for("deliveries.one", delivery_id=delivery_id))


def _asked(sql: str, said: Mapping[str, Any]) -> list[Row]:
    return published.snapshot().rows(sql, dict(said))


def names_no_child(field: Any) -> bool:
    """Whether a text may stay in the record of decisions; says so at the field where it may not."""
    try:
        refuse_ids(lambda sql, said: published.snapshot().rows(sql, dict(said)), field.data or "")
    except LedgerError as error:
        field.errors = [str(error)]
        return False
    return True


def _mark(delivery_id: str) -> str:
    return f"run-{''.join(sign for sign in delivery_id if sign.isalnum() or sign in '-_')}"


@blueprint.route("/upload", methods=["GET", "POST"])
def upload() -> Any:
    """A file is chosen; what becomes of it is shown before anything is taken in."""
    form = forms.Upload()
    if form.validate_on_submit():
        who = person()
        try:
            received = uploads.receive(home(), form.file.data.stream, who.authority, who.username, who.name)
        except LedgerError as error:
            form.file.errors = [str(error)]
        else:
            return redirect(url_for("deliveries.handed_in", upload_id=received.id))
    return render_template("deliveries/upload.html", form=form), 422 if form.errors else 200


@blueprint.get("/upload/<upload_id>")
def handed_in(upload_id: str) -> Any:
    """What an upload is and what would become of it; once handed in, how far its run has come and its receipt."""
    mine = _mine(upload_id)
    if mine.delivered:
        return _receipt(mine)
    return _shown(mine, forms.Deliver())


def _receipt(mine: Upload) -> Any:
    """The run that takes the file in, and what became of its rows."""
    run = started.progress(home(), mine.id)
    receipts = [_as_published(one) for one in uploads.receipts(ledger(), mine)] if run is None or run.ended else []
    published = all(queries.delivery(person().authority, one.delivery_id) for one in receipts)
    titles = {contract.id: contract.title for contract in definitions().contracts.values()}
    rejects = {one.delivery_id: queries.rejects(one.delivery_id) for one in receipts}
    return render_template(
        "deliveries/receipt.html", upload=mine, run=run, receipts=receipts, published=published, titles=titles, rejects=rejects,
        words=queries.STATUS_WORDS, steps=started.STEPS[1:], why=started.why_failed(home(), mine.id) if run and run.failed else [],
    )  # fmt: skip


def _as_published(one: Receipt) -> Receipt:
    """A receipt with what the publication says of it: whether it is held no receipt knows by itself."""
    row = queries.delivery(person().authority, one.delivery_id)
    return replace(one, status="held", reason=row["reason"]) if row and row["status"] == "held" else one


def _shown(mine: Upload, form: forms.Deliver, wrong: str = "", code: int = 200) -> Any:
    seen = _preview(mine)
    claims = all(_is_manual(looked) for looked in seen.lists if looked.title)
    return render_template(
        "deliveries/preview.html", upload=mine, preview=seen, form=form, wrong=wrong, claims=claims, layouts=_layouts(),
        chosen=request.form, fits=_fits,
    ), code  # fmt: skip


def _preview(mine: Upload) -> Preview:
    """Looking takes some seconds, and the same file under the same mappings looks the same."""
    kept: dict[Any, Preview] = current_app.extensions.setdefault("previews", {})
    key = (mine.id, mine.mapped)
    if key not in kept:
        teams = person().teams if person().role == "team_manager" else None
        kept[key] = uploads.preview(home(), ledger(), definitions(), mine, teams, date.today())
        while len(kept) > 32:
            del kept[next(iter(kept))]
    return kept[key]


def _is_manual(looked: Looked) -> bool:
    return definitions().contracts[looked.receipt.contract].family == uploads.MANUAL


def _layouts() -> list[Any]:
    """The file layouts that the person may hand in: a team manager's are counts and their lists."""
    every = definitions().contracts.values()
    return [one for one in every if person().role != "team_manager" or one.family in uploads.KEPT_BY_TEAMS]


def _fits(heading: str, contract: Any) -> str:
    """The column that a heading stands for by itself, empty where nobody knows."""
    return layout_of(contract).headings.get(fold(heading), "")


@blueprint.post("/upload/<upload_id>/headings")
def headings(upload_id: str) -> Any:
    """Say what unknown headings mean; the preview is made again."""
    mine = _undelivered(upload_id)
    found = _preview(mine).unknown
    said = request.form
    place = int(said.get("sheet", "0")) if said.get("sheet", "0").isdigit() else 0
    if place >= len(found):
        abort(400)
    cells = found[place].cells
    columns = {cell: said.get(f"column-{number}", "") for number, cell in enumerate(cells)}
    contract = next((one.id for one in _layouts() if one.id == said.get("contract", "")), "")
    if "choose" in said:  # a layout was chosen, its columns come next
        return _shown(mine, forms.Deliver())
    try:
        uploads.choose_columns(home(), definitions(), mine, cells, contract, columns)
    except LedgerError as error:
        return _shown(mine, forms.Deliver(), str(error), 422)
    return redirect(url_for("deliveries.handed_in", upload_id=upload_id))


@blueprint.post("/upload/<upload_id>/deliver")
def deliver(upload_id: str) -> Any:
    """Hand it in: the file goes into the home's inbox and a run begins."""
    mine, form = _undelivered(upload_id), forms.Deliver()
    if not form.validate_on_submit():
        return _shown(mine, form, code=422)
    if refused := _preview(mine).refused:
        return _shown(mine, form, refused, 422)
    if form.extracted_on.data and form.extracted_on.data > date.today():
        form.extracted_on.errors = ["Choose a day that has come"]
        return _shown(mine, form, code=422)
    uploads.deliver(home(), ledger(), definitions(), mine, form.extracted_on.data)
    start_run(mine.id)
    return redirect(url_for("deliveries.handed_in", upload_id=upload_id))


@blueprint.post("/upload/<upload_id>/discard")
def discard(upload_id: str) -> Any:
    """Throw an upload away that was not handed in."""
    uploads.throw_away(home(), _undelivered(upload_id))
    flash("The file is thrown away; nothing of it was kept.", "done")
    return redirect(url_for("deliveries.upload"))


def _mine(upload_id: str) -> Upload:
    """The upload, if it is the asker's own."""
    found = uploads.find(home(), upload_id, person().username)
    if found is None or found.authority != person().authority:
        abort(404)
    return found


def _undelivered(upload_id: str) -> Upload:
    mine = _mine(upload_id)
    if mine.delivered:
        g.refusal = "This file has been handed in already."
        abort(400)
    return mine


def start_run(mark: str) -> None:
    """Begin a run at the newest position; every other one is brought in step with it. `mark` names its progress."""
    who = person()
    there = published.positions(who.authority)
    if not there:
        raise LedgerError("No figures have been made yet: the performance team makes the first run.")
    started.start(home(), who.authority, there[0], mark)
