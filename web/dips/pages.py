"""Dip samples: the list, one sample's files, one file with its form and history; drawing and recording."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for

from countermark.certify import dip, judge
from countermark.certify.dip import rules
from countermark.desk import dips
from countermark.desk.comments import REFUSAL
from countermark.exports.dip_sheet import write
from countermark.ledger.records import LedgerConflict, LedgerError
from web import access, published
from web.context import definitions, home, ledger, person
from web.dips.forms import Draw, Say
from web.words import pseudonym_of
from web.worklist import desk

blueprint = Blueprint("dips", __name__, template_folder="templates")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_YOURS = "This file belongs to another team: you see your own teams' files."
MEASURES = (
    "select distinct indicator_id, title from facts.definitions where authority = $authority "
    "and (headline or independent_evidence = 'dip_sample') order by 1"
)


@blueprint.get("/dip-samples")
def listing() -> Any:
    """The samples that are open, and those that are finished."""
    return _listing(None)


@blueprint.post("/dip-samples/draw")
def draw() -> Any:
    """Draw files of a figure by chance."""
    from web.app import after_deed

    form = _draw_form()
    if not form.validate_on_submit():
        return _listing(form, 422)
    indicator, as_at = form.indicator.data, date.fromisoformat(form.position.data)
    try:
        [figure] = judge.figures(published.snapshot().path, [indicator], as_at, "", person().authority)
        found = dip.draw(
            ledger(), published.snapshot().path, desk.key(), figure, person().name, reason=form.reason.data or ""
        )
    except LedgerError as error:
        form.reason.errors = [str(error).replace("needs --reason", "needs a reason")]
        return _listing(form, 422)
    done = f"{len(found)} file{'' if len(found) == 1 else 's'} drawn by chance; the draw is on record."
    return after_deed(done, url_for("dips.sample", indicator=indicator, as_at=as_at.isoformat()))


@blueprint.get("/dip-samples/<indicator>/<as_at>")
def sample(indicator: str, as_at: str) -> Any:
    """One sample's files, those still to read first by their number."""
    figure = (indicator.upper(), as_at)
    one = next((each for each in _samples() if (each["indicator_id"], each["as_at"].isoformat()) == figure), None)
    if one is None:
        mine = [note for note in ledger().notes(dip.DRAW, "/".join(figure)) if note.authority == person().authority]
        if not mine:
            abort(404)
        flash("The files are drawn. They stand here as soon as the publication under way has ended.", "done")
        return redirect(url_for("dips.listing"))
    rows = _files(indicator, as_at)
    access.saw("child", children=sorted({pseudonym_of(row["child_id"]) for row in rows if row["child_id"]}))
    return render_template(
        "dips/sample.html", rows=rows, one=one, verdicts=dips.VERDICTS, numbers=rules(),
        is_part=person().role == "team_manager",
    )  # fmt: skip


@blueprint.get("/dip-samples/<indicator>/<as_at>/workbook")
def workbook(indicator: str, as_at: str) -> Any:
    """The files drawn so far as a workbook to fill in; it does not say what the system says."""
    row = next(iter(_files(indicator, as_at)), None) or abort(404)
    figure = judge.Figure(row["authority"], row["indicator_id"], row["as_at"], "", False)
    every = dip.standing(ledger(), published.snapshot().path, desk.key(), figure)
    content = tempfile.TemporaryFile(dir=home().tmp)  # noqa: SIM115  # closed when it has been sent
    with tempfile.TemporaryDirectory(dir=home().tmp) as folder:
        path = Path(folder) / "sample.xlsx"
        write(path, every, desk.key(), definitions())
        content.write(path.read_bytes())
    content.seek(0)
    access.saw("export", audience="team", as_at=as_at, tables=["dip sample"], row_count=len(every))
    name = f"dip sample {row['indicator_id']} {row['as_at'].isoformat()}.xlsx"
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name=name)


@blueprint.get("/dip-samples/<indicator>/<as_at>/<mark>")
def file(indicator: str, as_at: str, mark: str) -> Any:
    """One file: what both sides say, what its reader said, and the form."""
    return _file(_one(indicator, as_at, mark), None)


@blueprint.post("/dip-samples/<indicator>/<as_at>/<mark>")
def record(indicator: str, as_at: str, mark: str) -> Any:
    """Record what the file says, where nobody has done so since the page was read."""
    from web.app import after_deed

    row = _one(indicator, as_at, mark)
    form = _say_form(row)
    is_whole = form.validate_on_submit()
    result = form.said() if is_whole else None
    if result is None:
        return _file(row, form, 422)
    try:
        dips.record(
            ledger(), desk.rows, published.snapshot().path, desk.key(), row, result, person().name, desk.today(), _seen(),
            request.form.get("fields", "") or "none",
        )  # fmt: skip
    except LedgerError as error:
        faster = isinstance(error, LedgerConflict)
        form.refuse(_told(row, error), str(error) == REFUSAL)
        return _file(_one(indicator, as_at, mark), form, 409 if faster else 422)
    rows = _files(indicator, as_at)
    place = [each["mark"] for each in rows].index(mark)
    later = [each for each in [*rows[place + 1 :], *rows[:place]] if not each["file_says"]]
    to = url_for("dips.sample", indicator=indicator, as_at=as_at)
    if later:
        to = url_for("dips.file", indicator=indicator, as_at=as_at, mark=later[0]["mark"])
    return after_deed(f"What file {row['number']} says is recorded.", to)


def _told(row: Mapping[str, Any], error: LedgerError) -> str:
    """Who was faster, where somebody was."""
    last = dips.history(ledger(), row)
    if isinstance(error, LedgerConflict) and last and last[-1].version != _seen():
        finds = dips.FINDS.get(last[-1].said.finds, "see below")
        return f"{last[-1].by} has recorded this file in the meantime ({finds}): look at it below, then record yours if you still must."
    return str(error)


def _listing(form: Draw | None, status: int = 200) -> Any:
    every = _samples()
    return render_template(
        "dips/listing.html", running=[one for one in every if one["is_open"]],
        finished=[one for one in every if not one["is_open"]], verdicts=dips.VERDICTS, numbers=rules(),
        form=(form or _draw_form()) if access.may("dips.draw") else None, wrong=form,
    ), status  # fmt: skip


def _draw_form() -> Draw:
    form, who = Draw(), person()
    rows = desk.rows(MEASURES, {"authority": who.authority})
    form.indicator.choices = [
        ("", "Choose a measure"),
        *((row["indicator_id"], f"{row['indicator_id']} {row['title']}") for row in rows),
    ]
    form.position.choices = [(one.isoformat(), f"{one:%-d %B %Y}") for one in published.positions(who.authority)]
    if request.method == "GET":
        form.indicator.data = request.args.get("indicator", "")
        form.position.data = request.args.get("as_at", "") or form.position.data
    return form


def _file(row: dict[str, Any], form: Say | None, status: int = 200) -> Any:
    access.saw("child", children=[pseudonym_of(row["child_id"])] if row["child_id"] else [])
    past = dips.history(ledger(), row)
    one = dips.drawn(ledger(), published.snapshot().path, desk.key(), row)
    known = definitions().indicators.get(row["indicator_id"])
    refused = _refused(row) if access.may("dips.record") else ""
    return render_template(
        "dips/file.html", refused=refused, row=row, past=past, seen=past[-1].version if past else 0, fields=one.fields, wrong=form,
        form=(form or _say_form(row)) if access.may("dips.record") and (form or not refused) else None, finds=dips.FINDS,
        decides=known.decides if known and known.decides else "the deciding date", titled=_title(row),
        address=_address(row["child_id"]), states=dips.HEADS if row["is_headcount"] else dips.STATES,
    ), status  # fmt: skip


def _title(row: Mapping[str, Any]) -> str:
    known = definitions().indicators.get(row["indicator_id"])
    return f"{row['indicator_id']} {known.title}" if known else str(row["indicator_id"])


def _refused(row: Mapping[str, Any]) -> str:
    """Why this reader may not record what the file says, told before the form is filled in; empty where nothing speaks against it."""
    figure = judge.Figure(row["authority"], row["indicator_id"], row["as_at"], "", False)
    try:
        judge.refuse_reader(ledger(), published.snapshot().path, figure, person().name)
    except LedgerError as error:
        return str(error)
    return ""


def _address(child_id: str | None) -> str:
    """What stands for the child in the address of its record; empty where the reader may not open it."""
    return desk.address_of(child_id) if child_id and access.may("worklist.child") and desk.may_see(child_id) else ""


def _say_form(row: Mapping[str, Any]) -> Say:
    known = definitions().indicators.get(row["indicator_id"])
    form = Say().of(row, desk.today(), known.decides if known else "")
    if request.method == "GET":
        form.looked_on.data = desk.today()
    return form


def _samples() -> list[dict[str, Any]]:
    return dips.samples(desk.rows, person().authority, rules())


def _files(indicator: str, as_at: str) -> list[dict[str, Any]]:
    """The files of a sample that the reader may see; 404 for what is no date."""
    try:
        day = date.fromisoformat(as_at)
    except ValueError:
        abort(404)
    return dips.files(desk.rows, person().authority, indicator.upper(), day, desk.only())


def _one(indicator: str, as_at: str, mark: str) -> dict[str, Any]:
    found = next((row for row in _files(indicator, as_at) if row["mark"] == mark), None)
    if found is None:
        every = dips.files(desk.rows, person().authority, indicator.upper(), date.fromisoformat(as_at))
        if any(row["mark"] == mark for row in every):
            g.refusal = NOT_YOURS
            abort(403)
        abort(404)
    return found


def _seen() -> int:
    said = request.form.get("seen", "")
    if not said.isascii() or not said.isdigit():
        abort(400)
    return int(said)
