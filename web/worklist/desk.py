"""What every page of the desk has at hand: the position, who has what, who may see which item, names of children in addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask import abort, current_app, g, request

from countermark.certify import records
from countermark.certify.snapshot import NothingPublishedError
from countermark.desk import assignments, children, worklist
from countermark.desk.figures import Rows
from countermark.desk.worklist import Item
from countermark.ledger.secrets import pseudonym_key
from countermark.warehouse.connect import EngineError
from web import access, published
from web.context import home, ledger, person
from web.words import HERE, pseudonym_of

NOT_YOURS = "This belongs to another team: you see your own teams' children."


def rows(sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A query over the snapshot of this request, which has to be one that knows a worklist."""
    snapshot = published.snapshot()
    snapshot.kept("has a worklist", lambda: worklist.is_there(_asked(snapshot)))
    return snapshot.rows(sql, dict(parameters))


def _asked(snapshot: published.Snapshot) -> Rows:
    return lambda sql, parameters: snapshot.rows(sql, dict(parameters))


def delivered_rows() -> Rows | None:
    """Queries over the file of records; None where no run has written one (since a purge, or at all)."""
    path = records.newest(home())
    try:
        return _asked(published.snapshot_at(path)) if path else None
    except EngineError:  # a run has just replaced it
        return None


def positions() -> list[date]:
    """The positions there are, newest first."""
    found = published.positions(person().authority)
    if not found:
        raise NothingPublishedError("Nothing has been published for your council yet.")
    return found


def position(said: str | None = None) -> date:
    """The position asked for in the address; the newest where none is, or one that there is not."""
    there = positions()
    asked = request.args.get("as_at", "") if said is None else said
    return next((day for day in there if day.isoformat() == asked), there[0])


def only() -> tuple[str, ...] | None:
    """The teams that the reader may see; None for all."""
    return person().teams if person().role == "team_manager" else None


def today() -> date:
    """The day in England."""
    return datetime.now(HERE).date()


def holders() -> dict[str, str]:
    """Who has which item now."""
    known: dict[str, assignments.Holders] = current_app.extensions.setdefault("holders", {})
    return known.setdefault(person().authority, assignments.Holders(person().authority)).now(ledger())


def items(ids: Iterable[str], as_at: date) -> list[Item]:
    """The items of those names that the reader may see."""
    return worklist.find(rows, person().authority, list(ids), as_at, holders(), today(), only())


def item(item_id: str, as_at: date, kind: str) -> Item:
    """One item; a plain refusal where it is another team's, 404 where there is none."""
    found = items([item_id], as_at)
    if found and found[0].is_difference == (kind == "difference"):
        return found[0]
    if only() is not None and worklist.find(rows, person().authority, [item_id], as_at, {}, today()):
        g.refusal = NOT_YOURS
        abort(403)
    return abort(404)


def key() -> bytes:
    """The key of pseudonyms, read once a request."""
    if "desk_key" not in g:
        g.desk_key = pseudonym_key(home().path)
    return bytes(g.desk_key)


def address_of(child_id: str) -> str:
    """What stands for the child in an address."""
    return children.address(key(), child_id)


def child_at(address: str) -> str:
    """The child of an address. 404 where there is none; a plain refusal where it is another team's."""
    who, snapshot = person(), published.snapshot()
    known = snapshot.kept(("children", who.authority), lambda: children.by_address(rows, key(), who.authority))
    child_id = known.get(address)
    if child_id is None:
        return abort(404)
    if not may_see(child_id):
        g.refusal = NOT_YOURS
        abort(403)
    return str(child_id)


def may_see(child_id: str | None) -> bool:
    """Whether the reader may open the child's whole record."""
    if child_id is None or only() is None:
        return child_id is not None
    if child_id not in g.setdefault("may_see", {}):
        look_up([child_id])
    return bool(g.may_see[child_id])


def look_up(shown: Iterable[str | None]) -> None:
    """Ask once for all children of a page what `may_see` says of each."""
    asked = {one for one in shown if one}
    if (teams := only()) is not None and asked:
        own = children.of_teams(rows, person().authority, asked, teams)
        g.setdefault("may_see", {}).update({one: one in own for one in asked})


def saw(what: str, shown: Collection[str | None]) -> None:
    """Enter the view with the children's pseudonyms."""
    look_up(shown)
    access.saw(what, children=sorted({pseudonym_of(one) for one in shown if one}))


def files() -> dict[str, str]:
    """File by delivery."""
    authority = person().authority
    query = "select delivery_id, file from facts.deliveries where authority = $authority"
    found: dict[str, str] = published.snapshot().kept(
        ("files", authority), lambda: {r["delivery_id"]: r["file"] for r in rows(query, {"authority": authority})}
    )
    return found
