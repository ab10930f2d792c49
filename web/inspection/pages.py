"""Freezing a position, and its Annex A lists with the proof that they agree with the figures, as one download."""

from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, send_file, url_for

from countermark.inspection.freeze import freeze, freezes
from countermark.inspection.lists import write_lists
from countermark.warehouse.connect import home_lock
from web.context import definitions, home, ledger, person
from web.inspection.forms import NewFreeze
from web.published import positions
from web.words import day

blueprint = Blueprint("inspection", __name__, template_folder="templates")
ZIP = "application/zip"


@blueprint.route("/inspection", methods=["GET", "POST"])
def listing() -> Any:
    """What is frozen, and freezing one more."""
    form = NewFreeze()
    form.as_at.choices = [(one.isoformat(), day(one)) for one in positions(person().authority)]
    if form.validate_on_submit():
        with home_lock(home()):
            made = freeze(
                home(),
                ledger(),
                date.fromisoformat(form.as_at.data),
                form.reason.data,
                person().name,
                person().authority,
            )
        flash(f"The position at {day(made.as_at)} is frozen as {made.name}.", "done")
        return redirect(url_for("inspection.listing"))
    mine = [one for one in freezes(ledger()) if one.authority == person().authority]
    return render_template("inspection/listing.html", form=form, frozen=mine[::-1]), 422 if form.errors else 200


@blueprint.post("/inspection/<name>/lists")
def lists(name: str) -> Any:
    """The workbook, its proof and its sidecar, packed. Who took them is in the audit chain."""
    packed = io.BytesIO()
    with home_lock(home()), tempfile.TemporaryDirectory(prefix="lists-", dir=home().tmp) as scratch:
        out = Path(scratch) / "lists"
        write_lists(home(), definitions(), ledger(), name, out, person().name, person().authority)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(out.iterdir()):
                archive.write(path, path.name)
    g.view_noted = True  # by write_lists, with what was taken
    packed.seek(0)
    return send_file(packed, mimetype=ZIP, as_attachment=True, download_name=f"annex_a_{name}.zip")
