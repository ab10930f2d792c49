"""Signing in and out. What a person may open afterwards is said in the areas' access.toml."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for

from countermark.desk import accounts
from web import people
from web.context import ledger, person, settings
from web.signing_in import open_id, throttle
from web.signing_in.forms import NewPassword, SignIn

blueprint = Blueprint("signing_in", __name__, template_folder="templates")
FIRST = {
    "officer": "/worklist",
    "team_manager": "/team",
    "engineer": "/health",
    "auditor": "/audit",
}  # everybody else begins at the figures
WRONG = "The username or the password is not right"


@blueprint.get("/start")
def start() -> Any:
    """The page on which a role's work begins."""
    from flask import current_app

    first = FIRST.get(person().role, "/")
    there = {str(rule) for rule in current_app.url_map.iter_rules()}
    return redirect(first if first in there else "/" if "/" in there else url_for("signing_in.password"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    """Username and password, or the council's own account where one is set up."""
    form = SignIn()
    if form.validate_on_submit():
        username = accounts.username_of(form.username.data)
        if throttle.is_held(username):
            form.password.errors = ["Too many attempts: wait a quarter of an hour, or ask an administrator"]
        else:
            account = accounts.signed_in(ledger(), username, form.password.data)
            throttle.tried(username, well=account is not None)
            if account:
                return _welcome(account)
            form.password.errors = [WRONG]
    invented = accounts.everybody(ledger()) if settings().demo else []
    return render_template(
        "signing_in/sign_in.html", form=form, invented=invented, provider=settings().open_id, ended=g.get("session_ended"),
        roles=people.ROLE_WORDS,
    ), 422 if form.errors else 200  # fmt: skip


@blueprint.post("/sign-in/invented")
def demo() -> Any:
    """On an invented authority, served on loopback for a look: signing in as one of its people."""
    if not settings().demo:
        abort(404)
    account = accounts.find(ledger(), request.form.get("username", ""))
    if account is None or account.disabled:
        abort(404)
    return _welcome(account)


@blueprint.get("/sign-in/provider")
def provider() -> Any:
    """On to the council's own sign-in page."""
    if settings().open_id is None:
        abort(404)
    session["next"] = _safe(request.args.get("next"))
    return open_id.client().authorize_redirect(url_for("signing_in.provider_back", _external=True))


@blueprint.get("/sign-in/provider/back")
def provider_back() -> Any:
    """Back from there: the account whose subject the provider vouches for."""
    if settings().open_id is None:
        abort(404)
    back = session.get("next")
    subject = open_id.subject()
    account = accounts.find_subject(ledger(), subject) if subject else None
    if account is None or account.disabled:
        flash("Your council account is not known here: ask an administrator to add it.", "refused")
        return redirect(url_for("signing_in.sign_in"))
    return _welcome(account, back)


@blueprint.post("/sign-out")
def sign_out() -> Any:
    """The session ends."""
    session.clear()
    return redirect(url_for("signing_in.sign_in"))


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> Any:
    """A new password; every other session of the account ends."""
    form = NewPassword()
    if form.validate_on_submit():
        account = accounts.signed_in(ledger(), person().username, form.old.data)
        if account is None:
            form.old.errors = ["The password is not right"]
        else:
            people.begin(accounts.change(ledger(), account, person().name, form.new.data))
            flash("Your password is changed.", "done")
            return redirect(url_for("signing_in.start"))
    return render_template("signing_in/password.html", form=form), 422 if form.errors else 200


def _welcome(account: accounts.Account, back: str | None = None) -> Any:
    people.begin(account)
    ledger().viewed(account.name, "signed in", role=account.role)
    wanted = back or _safe(request.args.get("next"))
    return redirect(wanted or url_for("signing_in.start"))


def _safe(target: str | None) -> str | None:
    """A path of our own, or nothing: nobody is sent elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None
