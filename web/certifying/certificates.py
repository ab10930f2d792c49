"""A certificate to read, to print and to take away, and the public page that verifies one."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request, send_file
from werkzeug.wrappers import Response

from countermark.certify.revisions import revisions
from countermark.ledger.records import Certificate, LedgerError
from countermark.sealing import printing, seal
from countermark.sealing.document import certificate as find_certificate
from countermark.sealing.document import document, standing
from countermark.sealing.keys import bundle, key_id, public_keys, raw_public, signing_key
from countermark.sealing.verifying import Answer, ended, examine, still
from web.access import saw
from web.certifying import queries
from web.certifying.forms import Verify
from web.context import definitions, home, ledger, person
from web.published import snapshot


def register(blueprint: Blueprint) -> None:
    """Add these pages to the area's."""
    blueprint.add_url_rule("/certificates/<certificate_id>", "certificate", certificate)
    blueprint.add_url_rule("/certificates/<certificate_id>/page.pdf", "printed", printed)
    blueprint.add_url_rule("/certificates/<certificate_id>/file", "signed_file", signed_file)
    blueprint.add_url_rule("/verify", "genuine", genuine, methods=["GET", "POST"])
    blueprint.add_url_rule("/verify/keys.pem", "public_keys", keys)


def found(certificate_id: str) -> Certificate:
    """The certificate of an address, of the person's authority; not found where there is none."""
    try:
        one = find_certificate(ledger(), certificate_id)
    except LedgerError:
        abort(404)
    if one.authority != person().authority:
        abort(404)
    return one


def certificate(certificate_id: str) -> Any:
    """One certificate: what, on which data, by whom, until when, what became of it, and how the figure was published."""
    issued = found(certificate_id)
    made = queries.certificate_document(issued.id, queries.audience())
    fate = standing(ledger(), issued.id)
    events = ledger().certificate_events(issued.id)
    history = revisions(snapshot().rows, issued.authority, issued.indicator_id, issued.as_at)
    gone = "" if fate.stands else still(fate)
    return render_template(
        "certifying/certificate.html", issued=issued, said=printing.words(made, ended=gone), fate=fate, still=still(fate), events=events,
        revisions=list(reversed(history)),
    )  # fmt: skip


def printed(certificate_id: str) -> Response:
    """The certificate as one page, tagged for screen readers."""
    issued = found(certificate_id)
    made = queries.certificate_document(issued.id, queries.audience())
    key = raw_public(signing_key(home(), ledger()))
    page = printing.pdf(made, key_id(key), ended(ledger(), issued.id))
    saw("export", certificate=issued.id, audience=queries.audience(), format="pdf")
    return _file(page, "application/pdf", f"{_name(issued)}.pdf")


def signed_file(certificate_id: str) -> Response:
    """The certificate as a signed file. With names only for those who may read them; those who pass it on can leave them out."""
    issued = found(certificate_id)
    wanted = queries.audience() if request.args.get("names") == "yes" else "leader"
    text = seal.seal(queries.certificate_document(issued.id, wanted), signing_key(home(), ledger()))
    saw("export", certificate=issued.id, audience=wanted, format="json")
    return _file(text.encode(), "application/json", _name(issued) + seal.SUFFIX)


def genuine() -> Any:
    """Anybody uploads a certificate file and is told whether it is genuine and still stands."""
    form, answer, said = Verify(), None, None
    if form.validate_on_submit():
        text = form.file.data.stream.read(seal.LARGEST + 1)
        answer = examine(text, ledger(), ours=partial(document, home(), ledger(), definitions()))
        said = _words(answer)
    code = 422 if form.errors else 200
    return render_template("certifying/verify.html", form=form, answer=answer, said=said), code


def keys() -> Response:
    """The public keys, for those who verify without this page."""
    signing_key(home(), ledger())
    return _file(bundle(public_keys(ledger())).encode(), "application/x-pem-file", "countermark-public-keys.pem")


def _words(answer: Answer) -> dict[str, Any] | None:
    if answer.certificate is None or answer.verdict.finding != "genuine":
        return None
    gone = "" if answer.holds or answer.standing is None else still(answer.standing)
    return printing.words(answer.certificate, answer.verdict.key_id, gone)


def _name(issued: Certificate) -> str:
    return f"{issued.indicator_id}-{issued.as_at}-{issued.id}"


def _file(content: bytes, kind: str, name: str) -> Response:
    return make_response(send_file(io.BytesIO(content), kind, as_attachment=True, download_name=name))
