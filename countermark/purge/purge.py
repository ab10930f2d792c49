"""Purging children from a home, in an order that can be ended anywhere and begun again: what is known first, then the ledger, the kept
files, the publications, what is derived. The command given again finishes what was begun.

Outside of it, since nobody here can reach them: the case system, the inbox, backups, exports and other databases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from countermark.certify import records
from countermark.certify.publish import publish_again
from countermark.certify.sealed import KIND as SEALED
from countermark.certify.sealed import sealed_positions
from countermark.certify.snapshot import current
from countermark.contracts.catalogue import Catalogue
from countermark.home import Home
from countermark.ledger.notes import Note
from countermark.ledger.people import person_key
from countermark.ledger.purging import TOMBSTONE
from countermark.ledger.secrets import pseudonym, pseudonym_key
from countermark.ledger.store import Ledger
from countermark.purge import files, places, tables
from countermark.purge.called import Called, PurgeError
from countermark.sealing.document import keep as keep_certificates
from countermark.warehouse import raw
from countermark.warehouse.conform import conform
from countermark.warehouse.connect import home_lock, warehouse
from countermark.warehouse.identity import Judgements
from countermark.warehouse.typed import create_typed


@dataclass(frozen=True)
class Purged:
    """What a purge came to. `unread` are kept files that nobody could look into; `unfindable` ids too short to be looked for in text."""

    children: int
    rows: int
    files: int
    publications: int
    ledger_rows: int
    positions: int
    unread: int
    unfindable: int


@dataclass(frozen=True)
class Order:
    """What was asked: one child by id, or all whom no delivery since a day names; why, and who says so."""

    reason: str
    by: str
    child: str = ""
    older_than: date | None = None
    names: tuple[str, ...] = ()
    authority: str = ""


def purge(home: Home, catalogue: Catalogue, ledger: Ledger, order: Order) -> Purged:
    """Purge. PurgeError where the order is incomplete or nobody is found. Holds the home's lock throughout."""
    _refuse_incomplete(order)
    key = pseudonym_key(home.path)
    authority = _authority(ledger, order)
    with home_lock(home):
        found = places.Places()
        asked, called, cases = _find(home, catalogue, ledger, authority, order, found)
        places.published(home, authority, called, key, found)
        marks = found.pseudonyms | places.stand_ins(key, authority, catalogue, called, cases)
        rows = sum(map(len, found.rows.values()))
        snapshots = sorted(home.published.glob("*.duckdb"))
        published = any(tables.holds(path, authority, called) for path in snapshots)
        there = rows or published or files.hold(home, ledger, authority, called)
        said = _says(order, rows, called)
        stones = [Note(authority, TOMBSTONE, pseudonym(key, "child", one), said, order.by) for one in sorted(asked)]
        if not there and not _begun(ledger, stones):
            raise PurgeError("Nobody of that description is in this home: nothing was changed.")
        keep_certificates(home, ledger, catalogue)
        _seal(ledger, found, order)
        ledger_rows = ledger.purge_rows(authority, marks, called.without, _new(ledger, stones), order.by)
        redacted, unread = files.redact_all(home, ledger, authority, called, found, order.by)
        gone = [(delivery, row) for delivery, those in found.rows.items() for row in those]
        rewritten = sum(tables.rewrite(home, path, authority, called, gone) for path in snapshots)
        files.clear_desk(home, called)
        _forget_derived(home)
        if current(home) is not None:
            publish_again(home, catalogue, ledger)
            for path in sorted(home.published.glob("*.duckdb")):
                tables.refuse_left(path, authority, called)
        return Purged(
            len(stones), rows, redacted, rewritten, ledger_rows, len(found.positions), unread, called.unfindable
        )


def _refuse_incomplete(order: Order) -> None:
    if not order.reason.strip():
        raise PurgeError("A purge needs a reason: say which rule asks for it.")
    if not person_key(order.by):
        raise PurgeError("A name is needed: say with --by who you are.")
    if bool(order.child.strip()) == (order.older_than is not None):
        raise PurgeError("Say either one child with --child or a day with --older-than.")
    if order.older_than is not None and order.older_than >= date.today():  # a day as people mean it
        raise PurgeError("--older-than needs a day that has passed.")


def _authority(ledger: Ledger, order: Order) -> str:
    """Whose child is meant: an id is another child in another authority."""
    known = ledger.authorities()
    if not order.authority and len(known) > 1:
        raise PurgeError("Several authorities are known here: say which with --authority.")
    if order.authority and order.authority not in known:
        raise PurgeError("That authority is not known here: nothing was changed.")
    return order.authority or "".join(known)


def _find(
    home: Home, catalogue: Catalogue, ledger: Ledger, authority: str, order: Order, found: places.Places
) -> tuple[set[str], Called, set[str]]:
    """Who is meant, by every id and spelling of theirs, and the cases of their rows in the warehouse, which is brought in step first."""
    with warehouse(home, catalogue.sql) as con:
        raw.mend(home, catalogue, ledger, con)
        create_typed(con, catalogue, ledger)
        conform(con, catalogue, Judgements.of(ledger, pseudonym_key(home.path)))
        places.prepare_links(con)
        if order.older_than is not None:
            ids = places.last_named_before(con, catalogue, authority, order.older_than)
            if not ids:
                raise PurgeError("No child was last named before that day: nothing was changed.")
        else:
            ids = set(Called.of([order.child]).ids)
        ids = places.linked(con, authority, ids)
        called = Called.of(places.spellings(con, catalogue, ids), order.names)
        return ids, called, places.delivered(con, catalogue, authority, called, found)


def _says(order: Order, rows: int, called: Called) -> dict[str, str | int]:
    kind = "child" if order.child else f"older than {order.older_than}"
    return {"reason": called.without(" ".join(order.reason.split())), "rows": rows, "asked": kind}


def _begun(ledger: Ledger, stones: Sequence[Note]) -> bool:
    """Whether a purge of one of them has begun before."""
    there = {note.subject for note in ledger.notes(TOMBSTONE)}
    return any(stone.subject in there for stone in stones)


def _new(ledger: Ledger, stones: Sequence[Note]) -> list[Note]:
    """Tombstones that are not there yet, or whose child has come back since with rows of its own."""
    there = {note.subject for note in ledger.notes(TOMBSTONE)}
    return [stone for stone in stones if stone.subject not in there or stone.body["rows"]]


def _seal(ledger: Ledger, found: places.Places, order: Order) -> None:
    """Before anything goes: the positions whose figures hold a child are never worked out again."""
    lacking = sorted(found.positions - sealed_positions(ledger), key=lambda one: (one.authority, one.as_at))
    ledger.note([Note(one.authority, SEALED, one.as_at.isoformat(), {"because": "purge"}, order.by) for one in lacking])


def _forget_derived(home: Home) -> None:
    """The warehouse and the desk's rows are made anew from what is left, by the next run."""
    records.clear(home)
    for path in (home.warehouse, home.warehouse.with_name(home.warehouse.name + ".wal")):
        path.unlink(missing_ok=True)
