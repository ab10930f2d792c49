"""The way of a figure from draft to signed, and back: list, check, sign, withdraw. Certificates themselves are in `certificates`."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request, url_for

from countermark.certify import each, judge
from countermark.certify.each import Refused
from countermark.certify.judge import Figure
from countermark.certify.workflow import STATES, Progress
from countermark.ledger.records import LedgerConflict, LedgerError
from countermark.sealing.printing import CHECKS
from countermark.words import GATE_DOES_NOT_APPLY, GATE_HOLDS, OUTCOME_WORDS
from web.app import after_deed
from web.certifying import certificates, queries
from web.certifying.forms import Check, Sign, Withdraw
from web.context import ledger, person
from web.leaders.said import range_words
from web.published import positions, snapshot

blueprint = Blueprint("certifying", __name__, template_folder="templates")
blueprint.add_app_template_filter(range_words)
certificates.register(blueprint)


@blueprint.get("/certification")
def listing() -> Any:
    """Every figure of a date by theme: its state, which checks hold, and who must act."""
    dates = positions(person().authority)
    as_at = _day(request.args.get("as_at", ""), dates)
    everything = queries.figures(as_at) if as_at else []
    theme, state = request.args.get("theme", ""), request.args.get("state", "")
    shown = [one for one in everything if theme in ("", one.figure["theme"]) and state in ("", one.state)]
    groups: dict[str, list[Progress]] = {}
    for one in shown:
        groups.setdefault(one.figure["theme"], []).append(one)
    tally = {name: sum(one.state == name for one in everything) for name in STATES if name != "superseded"}
    return render_template(
        "certifying/listing.html", groups=groups, dates=dates, as_at=as_at, theme=theme, state=state, states=STATES, tally=tally,
        themes=sorted({one.figure["theme"] for one in everything}), checks=CHECKS, why_not_sign=_why_not_sign(),
    )  # fmt: skip


@blueprint.route("/certification/<indicator>/<day>/check", methods=["GET", "POST"])
def check(indicator: str, day: str) -> Any:
    """An officer looks at what a figure rests on, and says so with a note."""
    one = _figure(indicator, day)
    form = Check()
    refused: list[Refused] = []
    if form.validate_on_submit():
        wanted, refused = each.unchanged([_plain(one)], {indicator: form.facts.data})
        if wanted:
            seen = {indicator: int(form.version.data) if form.version.data.isdigit() else -1}
            done, refused = each.check_each(ledger(), snapshot().path, wanted, person().name, form.note.data, seen)
            if done:
                back = url_for("certifying.listing", as_at=day, _anchor=indicator)
                return after_deed(f"{one.figure['title']}: checked.", back)
    form.facts.data, form.version.data = one.figure["facts_hash"], str(one.checks)  # what this page shows
    code = 409 if any(r.conflict for r in refused) else 422 if refused or form.errors else 200
    return render_template(
        "certifying/check.html", one=one, form=form, refused=refused, looked=queries.looked_at(one), checks=CHECKS,
        outcomes=OUTCOME_WORDS, holds=GATE_HOLDS, silent=GATE_DOES_NOT_APPLY, quoted=queries.quoted(one.figure["as_at"])[indicator],
        notes=[c for c in ledger().checks(newest=False) if (c.authority, c.indicator_id, c.as_at) == one.key],
    ), code  # fmt: skip


@blueprint.route("/certification/sign", methods=["GET", "POST"])
def sign() -> Any:
    """The accountable head signs chosen figures of a date, one or a whole theme."""
    dates = positions(person().authority)
    as_at = _day(request.values.get("as_at", ""), dates)
    theme, indicator = request.values.get("theme", ""), request.values.get("indicator", "")
    there = queries.figures(as_at, theme, indicator) if as_at else []
    why_not = queries.why_not_sign()
    form, problem, refused = Sign(), "", list[Refused]()
    if request.method == "POST" and why_not:
        g.refusal = why_not
        abort(403)
    if form.validate_on_submit():
        chosen = request.form.getlist("figure")
        wanted = [one for one in there if one.figure["indicator_id"] in chosen]
        if not wanted:
            problem = "Choose at least one figure to sign"
        else:
            signed, refused = _sign(wanted)
            if signed:
                for one in refused:
                    flash(f"{one.subject} was not signed. {one.why}", "refused")
                names = ", ".join(f"{name} ({id_})" for name, id_ in signed.items())
                return after_deed(f"Signed: {names}.", url_for("certifying.listing", as_at=as_at, theme=theme))
    code = 409 if any(r.conflict for r in refused) else 422 if refused or problem else 200
    return render_template(
        "certifying/sign.html", form=form, as_at=as_at, theme=theme, indicator=indicator, problem=problem, refused=refused,
        ready=[one for one in there if one.state == "checked"], checks=CHECKS, why_not=why_not, checked=_checked(), dates=dates,
        quoted=queries.quoted(as_at), others=[one for one in there if one.state not in ("checked", "certified")],
    ), code  # fmt: skip


def _sign(wanted: list[Progress]) -> tuple[dict[str, str], list[Refused]]:
    """Sign what is still as the signer saw it."""
    facts = {one.figure["indicator_id"]: request.form.get(f"facts-{one.figure['indicator_id']}", "") for one in wanted}
    seen = {name: request.form.get(f"version-{name}", "-1") for name in facts}
    same, moved = each.unchanged([_plain(one) for one in wanted], facts)
    versions = {name: int(text) if text.isdigit() else -1 for name, text in seen.items()}
    signed, refused = each.sign_each(ledger(), snapshot().path, same, person().name, versions)
    return signed, [*moved, *refused]


@blueprint.route("/certificates/<certificate_id>/withdraw", methods=["GET", "POST"])
def withdraw(certificate_id: str) -> Any:
    """A certificate is taken back, with a reason that everybody may read."""
    issued = certificates.found(certificate_id)
    if person().role == "leader" and (why_not := queries.why_not_sign()):
        g.refusal = why_not
        abort(403)
    form, code = Withdraw(), 200
    if form.validate_on_submit():
        try:
            judge.withdraw(ledger(), snapshot().path, issued.id, form.reason.data, person().name)
        except LedgerConflict:
            raise
        except LedgerError as error:
            form.reason.errors = [str(error)]
        else:
            return after_deed(
                f"Certificate {issued.id} is withdrawn.", url_for("certifying.certificate", certificate_id=issued.id)
            )
    if form.errors:
        code = 422
    one = next(iter(queries.figures(issued.as_at, indicator=issued.indicator_id)), None)
    return render_template("certifying/withdraw.html", form=form, issued=issued, one=one), code


def _plain(one: Progress) -> Figure:
    return Figure(*one.key, one.figure["facts_hash"], bool(one.figure["reconstructed"]))


def _figure(indicator: str, day: str) -> Progress:
    """The figure of an address; not found where there is none."""
    as_at = _day(day, positions(person().authority), strict=True)
    found = queries.figures(as_at, indicator=indicator) if as_at else []
    if not found:
        abort(404)
    return found[0]


def _day(text: str, dates: list[date], strict: bool = False) -> date | None:
    """A position's date of an address; the newest one for anything else, or none where it has to be one."""
    found = next((one for one in dates if one.isoformat() == text), None)
    return found if found or strict else dates[0] if dates else None


def _why_not_sign() -> str:
    return queries.why_not_sign() if person().role == "leader" else ""


def _checked() -> dict[tuple[str, str, date], Any]:
    """The newest check of each figure."""
    return {(one.authority, one.indicator_id, one.as_at): one for one in ledger().checks()}
