"""Who owes which count, by when, and whether it has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request

from countermark.certify.dip import rules
from countermark.contracts.authority import parse_authority
from countermark.desk.answers import questions
from countermark.desk.ending import standings
from countermark.desk.owed import samples
from web import published
from web.access import saw
from web.context import ledger, person
from web.deliveries import queries
from web.words import pseudonym_of

blueprint = Blueprint("owed", __name__, template_folder="templates")


@blueprint.get("/owed")
def listing() -> Any:
    """Who owes which count, by when, and whether it has come."""
    who = person()
    there = published.positions(who.authority)
    as_at = next((day for day in there if day.isoformat() == request.args.get("as_at")), there[0] if there else None)
    text = ledger().authority_text(who.authority)
    authority = parse_authority(text) if text else None
    only = who.teams if who.role == "team_manager" else None
    rows = queries.owed(who.authority, as_at, only) if as_at else []
    due = queries.due_on(as_at, dict(authority.parameters) if authority else {}) if as_at else None
    asked = _questions(who.authority, only)
    drawn = samples(_asked, who.authority, as_at, rules()) if as_at else []
    ends = standings(_asked, who.authority, as_at, only, rules()) if as_at else []
    return render_template(
        "owed/owed.html", questions=asked, samples=drawn, ends=ends, numbers=rules(),
        rows=rows, as_at=as_at, positions=there, due=due, late=bool(due and date.today() > due),
        grades=queries.GRADES,
    )  # fmt: skip


def _asked(sql: str, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    return published.snapshot().rows(sql, dict(said))


def _questions(authority: str, only: tuple[str, ...] | None) -> list[dict[str, Any]]:
    """The children whom teams asked about, for those who may read a child's id."""
    if person().role not in ("officer", "team_manager"):
        return []
    found = questions(_asked, authority, only)
    saw("child", children=sorted({pseudonym_of(row["case_id"].split("/")[0]) for row in found}))
    return found
