"""Every pair of systems at a position, and one opened to its cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, render_template, request

from countermark.calendar.working_days import working_days_since
from countermark.desk import children, rolled
from countermark.explaining import pairs
from countermark.ledger.secrets import pseudonym_key
from web import access, published
from web.context import definitions, home, person
from web.words import HERE, pseudonym_of

blueprint = Blueprint("pairs", __name__, template_folder="templates")


@blueprint.get("/systems")
def listing() -> Any:
    """Every pair with both totals, what they come to and how many differ."""
    there = _positions()
    as_at = _asked(there)
    found = pairs.pairs(_rows, person().authority, as_at) if as_at else []
    rolled_on = rolled.rolled_pairs(_rows, person().authority, as_at) if as_at else []
    return render_template(
        "pairs/listing.html", found=found, as_at=as_at, positions=there, rolled=rolled.summed(rolled_on), before=_before(there, as_at),
        age=_age,
    )  # fmt: skip


@blueprint.get("/systems/<pair>")
def pair(pair: str) -> Any:
    """One pair: the lines from one system's number to the other's, and each case."""
    there = _positions()
    as_at = _asked(there) or abort(404)
    who, name = person(), pair.strip().upper()
    shown = next(iter(pairs.pairs(_rows, who.authority, as_at, name)), None) or abort(404)
    cases = pairs.cases(_rows, who.authority, as_at, name)
    ids = sorted({one.child_id for one in cases if one.child_id})
    access.saw("pair", pair=name, children=[pseudonym_of(child) for child in ids])
    return render_template(
        "pairs/pair.html", shown=shown, as_at=as_at, positions=there, definition=definitions().pairs.get(name),
        groups=[(why, list(some)) for why, some in groupby(cases, key=lambda one: (one.effect, one.reason, one.why))],
        addresses=_addresses(ids), rolled=rolled.rolled_pairs(_rows, who.authority, as_at, name), columns=rolled.COLUMNS,
        before=_before(there, as_at), age=_age,
    )  # fmt: skip


def _addresses(ids: list[str]) -> dict[str, str]:
    """What stands for each child in the address of its page, of those that have one."""
    key = pseudonym_key(home().path)
    known = published.snapshot().kept(
        ("children", person().authority), lambda: children.by_address(_rows, key, person().authority)
    )
    marks = {child: children.address(key, child) for child in ids}
    return {child: mark for child, mark in marks.items() if mark in known}


def _rows(query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return published.snapshot().rows(query, dict(values))


def _positions() -> list[date]:
    """None where the publication is of an earlier version."""
    return pairs.positions(_rows, person().authority) if published.snapshot().has("pairs") else []


def _before(there: list[date], as_at: date | None) -> date | None:
    """The position before the one shown."""
    return next((day for day in there if as_at and day < as_at), None)


def _age(first_seen: date | None) -> int | None:
    """Working days since a difference was first seen."""
    return None if first_seen is None else working_days_since(first_seen, datetime.now(HERE).date())


def _asked(there: list[date]) -> date | None:
    wanted = request.args.get("as_at")
    return next((day for day in there if day.isoformat() == wanted), there[0] if there else None)
