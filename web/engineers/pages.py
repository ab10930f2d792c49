"""Health and its metrics, Data Docs behind the sign-in, and the audit chain."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict

from countermark import health as home_health
from countermark.alerts.limits import hours_allowed
from countermark.alerts.standing import concerns
from countermark.desk import audit as chain
from countermark.exposition import CONTENT_TYPE, exposition
from countermark.ledger.records import moment
from web.context import home, ledger, person, settings
from web.engineers.forms import AuditFilter
from web.engineers.queries import age_words, data_docs_file, gate_rows, outcome_headings, status_rows

blueprint = Blueprint("engineers", __name__, template_folder="templates")
# Data Docs are whole pages of their own with their styles inside; they hold no script, and load nothing.
DATA_DOCS_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")


@blueprint.get("/health")
def health() -> Any:
    """How the home is, for one who keeps it running."""
    state = home_health.health(home(), ledger(), datetime.now(UTC), person().authority)
    positions = state.figures.positions if state.figures else {}
    return render_template(
        "engineers/health.html", state=state, alerts=[alert for alert in state.alerts if concerns(alert, person().authority)],
        statuses=status_rows(state.figures), gates=gate_rows(state.figures), outcomes=outcome_headings(),
        newest=positions.get(person().authority), allowed=timedelta(hours=hours_allowed()), age_words=age_words,
        dagster=settings().dagster_url.rstrip("/"),
    )  # fmt: skip


@blueprint.get("/healthz")
def alive() -> Response:
    """For whatever watches the process: it answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus: with the token where there is one, else from this computer alone."""
    if not _may_scrape():
        return Response("The metrics need a token.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    state = home_health.health(home(), ledger(), datetime.now(UTC))
    return Response(exposition(state), content_type=CONTENT_TYPE)


def _may_scrape() -> bool:
    """Behind a proxy every request comes from this computer: there the token alone opens."""
    token = settings().metrics_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    proxied = settings().https or any(name in request.headers for name in FORWARDED)
    return not proxied and request.remote_addr in LOOPBACK


@blueprint.get("/data-docs/")
def data_docs_start() -> Any:
    """The list of validation results of the person's authority."""
    if data_docs_file(home(), person().authority, "index.html") is None:
        return render_template("engineers/no_data_docs.html"), 404
    return redirect(url_for("engineers.data_docs", path="index.html"))


@blueprint.get("/data-docs/<path:path>")
def data_docs(path: str) -> Any:
    """One page of the validation results: files of the authority's folder, and nothing that a path could lead out to."""
    file = data_docs_file(home(), person().authority, path)
    if file is None:
        abort(404)
    response = send_file(file, mimetype="text/html", max_age=0, conditional=False, etag=False)
    response.headers["Content-Security-Policy"] = DATA_DOCS_POLICY
    return response


@blueprint.get("/audit")
def audit() -> Any:
    """The audit chain, newest first, and whether it holds."""
    form = AuditFilter(MultiDict({"kind": "", **request.args}), meta={"csrf": False})
    form.kind.choices = [("", "Everything"), *chain.kinds(ledger()).items()]
    good = form.validate()
    wanted = form.wanted() if good else chain.Wanted()
    entries = chain.found(ledger(), wanted, person().authority, chain.PAGE + 1)
    more = entries[chain.PAGE - 1].seq if len(entries) > chain.PAGE else None
    asked = {name: value for name, value in request.args.items() if name != "before"}
    page = render_template(
        "engineers/audit.html", form=form, entries=entries[: chain.PAGE], more=more, says=chain.says, kind_words=chain.kind_words,
        at=moment,
        chain=home_health.walked(ledger(), datetime.now(UTC)), head=ledger().head(), asked=asked,
    )  # fmt: skip
    return page, 200 if good else 422
