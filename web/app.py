"""The pages put together: areas found, access guarded, errors in plain words. `create_app` is the way in.

An area is a folder with `pages.py` (a `blueprint` named after the folder) and `access.toml`.
"""

from __future__ import annotations

import hashlib
import hmac
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask, flash, g, redirect, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from countermark.certify.snapshot import NothingPublishedError
from countermark.ledger.records import LedgerConflict, LedgerError
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import EngineError
from web import access, people, security, words
from web.published import Published
from web.publishing import Publisher
from web.settings import Settings

WEB = Path(__file__).resolve().parent
LARGEST_UPLOAD = 40 << 20


def create_app(settings: Settings) -> Flask:
    """The WSGI application over a home. AccessError where a page has no line in an access.toml."""
    app = Flask("web", root_path=str(WEB), static_folder="static", static_url_path="/assets")
    key = hmac.new(pseudonym_key(settings.home.path), b"countermark sessions", hashlib.sha256).digest()
    app.config.update(
        SECRET_KEY=key, MAX_CONTENT_LENGTH=LARGEST_UPLOAD, SESSION_COOKIE_NAME="countermark",
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=settings.https,
        WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=settings.https,
    )  # fmt: skip
    app.extensions.update(
        settings=settings, ledger=Ledger.open(settings.home.ledger_url), published=Published(settings.home),
        publisher=Publisher(settings.home),
    )  # fmt: skip
    security.protect(app)
    CSRFProtect(app)
    app.before_request(people.recall)
    app.before_request(_note_whether_behind)
    _templates(app)
    table = access.Table()
    for area in areas():
        app.register_blueprint(import_module(f"web.{area}.pages").blueprint)
        access.read_area(area, WEB / area / "access.toml", table)
    access.guard(app, table)
    _errors(app)
    return app


def areas() -> list[str]:
    """The folders of pages, by name."""
    return sorted(path.parent.name for path in WEB.glob("*/pages.py"))


def _templates(app: Flask) -> None:
    macros = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    app.jinja_env.loader = ChoiceLoader([app.create_global_jinja_loader(), PrefixLoader(macros)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    WTFormsHelpers(app)
    words.register(app)
    app.context_processor(_always)


def _note_whether_behind() -> None:
    """Asked before a page reads anything: what is published while it is made is not on it yet."""
    g.behind = _extension("publisher").behind


def _always() -> dict[str, Any]:
    who = g.get("person")
    publisher: Publisher = _extension("publisher")
    return {
        "person": who, "may": access.may, "navigation": access.navigation() if who else [], "cspNonce": g.get("nonce"),
        "behind": g.get("behind", False) or publisher.behind, "settings": _extension("settings"),
    }  # fmt: skip


def _extension(name: str) -> Any:
    from flask import current_app

    return current_app.extensions[name]


def _errors(app: Flask) -> None:
    """Every refusal in plain words; no page shows what an exception says unless the product itself wrote it."""
    app.register_error_handler(
        NothingPublishedError, lambda error: _problem(503, "Nothing has been published", str(error))
    )
    app.register_error_handler(LedgerConflict, _conflict)
    app.register_error_handler(LedgerError, lambda error: _problem(422, "That could not be done", str(error)))
    app.register_error_handler(EngineError, lambda error: _problem(500, "The figures could not be read", str(error)))
    app.register_error_handler(
        CSRFError,
        lambda _: _problem(
            400, "This form is no longer valid", "Go back, load the page again and send the form once more."
        ),
    )
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


SAY = {
    403: ("You may not open this page", "Your role does not include it. Ask an administrator if it should."),
    404: ("There is no such page", "The address may be mistyped, or what it named is no longer published."),
    405: ("That cannot be done here", "Go back and use the page's own form."),
    413: ("The file is too large", "A file may have 40 MB. Split it, or deliver it through the inbox."),
    400: ("The request could not be understood", "Go back and try again."),
}  # fmt: skip


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    title, text = SAY.get(error.code, ("That did not work", "Go back and try again."))
    return _problem(error.code, title, str(g.get("refusal") or text))


def _conflict(error: LedgerConflict) -> Any:
    return _problem(409, "Somebody else was faster", str(error))


def _unexpected(error: Exception) -> Any:
    from flask import current_app

    current_app.logger.error("a page failed: %s at %s", type(error).__name__, request.endpoint)
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return _problem(500, "Something went wrong here", "It has been noted, without any data. What was published stands.")


def _problem(code: int, title: str, text: str) -> tuple[str, int]:
    return render_template("problem.html", title=title, text=text), code


def after_deed(done: str, to: str) -> Response:
    """Publish what was just written, say so, and go on to a page."""
    publisher: Publisher = _extension("publisher")
    stood = publisher.soon()
    flash(done if stood else f"{done} The figures follow when the publication under way has ended.", "done")
    return redirect(to)
