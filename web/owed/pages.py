"""Who owes which count, by when, and whether it has come."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from countermark.contracts.authority import parse_authority
from web import published
from web.context import ledger, person
from web.deliveries import queries

blueprint = Blueprint("owed", __name__, template_folder="templates")


@blueprint.get("/owed")
def listing() -> Any:
    """Who owes which count, by when, and whether it has come."""
    who = person()
    there = published.positions(who.authority)
    as_at = next((day for day in there if day.isoformat() == request.args.get("as_at")), there[0] if there else None)
    text = ledger().authority_text(who.authority)
    authority = parse_authority(text) if text else None
    rows = queries.owed(who.authority, as_at, who.teams if who.role == "team_manager" else None) if as_at else []
    due = queries.due_on(as_at, dict(authority.parameters) if authority else {}) if as_at else None
    return render_template(
        "owed/owed.html", rows=rows, as_at=as_at, positions=there, due=due, late=bool(due and date.today() > due),
        grades=queries.GRADES,
    )  # fmt: skip
