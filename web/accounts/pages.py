"""Accounts, for administrators: a list, a new one, closing one, a new password that is shown once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for

from countermark.certify.judge import people_of
from countermark.contracts.authority import parse_authority
from countermark.desk import accounts
from countermark.ledger.records import LedgerError
from web.accounts.forms import NewAccount, OldAccount
from web.context import ledger, person
from web.people import ROLE_WORDS

blueprint = Blueprint("accounts", __name__, template_folder="templates")


@blueprint.get("/admin/accounts")
def listing() -> Any:
    """Everybody who may sign in."""
    return render_template("accounts/listing.html", everybody=accounts.everybody(ledger()), roles=ROLE_WORDS)


@blueprint.route("/admin/accounts/new", methods=["GET", "POST"])
def new() -> Any:
    """One more. The password is shown on the answer and nowhere else."""
    form = NewAccount()
    form.teams.choices = [(team, team) for team in _teams(person().authority)]
    form.known = people_of(ledger(), person().authority)
    if form.validate_on_submit():
        password = None if form.subject.data else accounts.a_password()
        wanted = accounts.Account(
            form.username.data, form.name.data.strip(), form.role.data, person().authority, tuple(form.teams.data or ()),
            subject=form.subject.data or "",
        )  # fmt: skip
        try:
            made = accounts.add(ledger(), wanted, person().name, password)
        except LedgerError as error:
            field = form.teams if "teams" in str(error) else form.username
            field.errors = [str(error)]
        else:
            return render_template("accounts/made.html", account=made, password=password, roles=ROLE_WORDS)
    return render_template("accounts/new.html", form=form), 422 if form.errors else 200


@blueprint.route("/admin/accounts/<username>", methods=["GET", "POST"])
def one(username: str) -> Any:
    """Close it, open it again, or give it a new password. Its sessions end with each of these."""
    account = accounts.find(ledger(), username)
    if account is None:
        abort(404)
    form = OldAccount()
    if form.validate_on_submit():
        if form.disable.data and account.username == person().username:
            g.refusal = "You cannot close your own account: another administrator can."
            abort(403)
        password = accounts.a_password() if form.password.data else None
        closed = (account.disabled or form.disable.data) and not form.enable.data
        changed = accounts.change(ledger(), replace(account, disabled=bool(closed)), person().name, password)
        if password:
            return render_template("accounts/made.html", account=changed, password=password, roles=ROLE_WORDS)
        flash(f"{account.name}'s account is {'closed' if closed else 'open'}.", "done")
        return redirect(url_for("accounts.listing"))
    return render_template("accounts/one.html", account=account, form=form, roles=ROLE_WORDS)


def _teams(authority: str) -> list[str]:
    text = ledger().authority_text(authority)
    return [team.name for team in parse_authority(text).teams] if text else []
