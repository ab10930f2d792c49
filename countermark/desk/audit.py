"""The audit chain as auditors read it: newest first, by kind, by whom, by day. What an entry says names pseudonyms and never a child."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from countermark.ledger.records import Entry
from countermark.ledger.store import Ledger
from countermark.ledger.tables import entries

PAGE = 50
MOST_NAMED = 5  # of a long list: how many are shown
LEFT_OUT = {"digests", "rows"}
KIND_WORDS = {
    "authority": "council's file kept", "check": "figure checked", "counters": "who counted", "decision": "differences decided",
    "known_authority": "council first met",
    "lapse": "certificate lapsed", "note": "written at the desk", "position": "position first computed", "purge": "purged",
    "reaffirm": "certificate re-affirmed", "receipts": "files taken in", "revision": "published", "seen": "differences first seen",
    "signature": "figure signed", "view": "seen or taken away", "withdrawal": "file withdrawn",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which entries. Empty fields ask nothing; `before` is the entry below which a further page begins; days are UTC."""

    kind: str = ""
    by: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


def found(ledger: Ledger, wanted: Wanted, authority: str, most: int = PAGE) -> list[Entry]:
    """The newest entries that are wanted; of those that name a council, this authority's alone."""
    c = entries.c
    query = select(entries).order_by(c.seq.desc()).limit(most)
    mine = c.payload.contains(f'"authority":{json.dumps(authority)}', autoescape=True)
    query = query.where(or_(~c.payload.contains('"authority":"'), mine))
    if wanted.kind:
        query = query.where(c.kind == wanted.kind)
    if wanted.by.strip():
        query = query.where(func.lower(c.by).contains(wanted.by.strip().lower(), autoescape=True))
    if wanted.since:
        query = query.where(c.at >= wanted.since.isoformat())
    if wanted.until:
        query = query.where(c.at < (wanted.until + timedelta(days=1)).isoformat())
    if wanted.before:
        query = query.where(c.seq < wanted.before)
    with ledger.engine.connect() as connection:
        return [Entry(*row) for row in connection.execute(query)]


def kinds(ledger: Ledger) -> dict[str, str]:
    """The kinds that the chain holds, with their words."""
    with ledger.engine.connect() as connection:
        there = connection.execute(select(entries.c.kind).distinct().order_by(entries.c.kind)).scalars()
        return {kind: kind_words(kind) for kind in there}


def kind_words(kind: str) -> str:
    """What happened, in people's words."""
    return KIND_WORDS.get(kind, kind.replace("_", " "))


def says(entry: Entry) -> list[tuple[str, str]]:
    """What an entry says in the open, as names and texts; long lists are shortened and counted."""
    payload = json.loads(entry.payload)
    return [
        (name.replace("_", " "), text)
        for name, value in payload.items()
        if name not in LEFT_OUT and (text := _text(value))
    ]


def _text(value: object) -> str:
    if isinstance(value, list):
        parts = [_text(one) for one in value[:MOST_NAMED]]
        more = f" and {len(value) - MOST_NAMED} more" if len(value) > MOST_NAMED else ""
        return ", ".join(parts) + more
    if isinstance(value, dict):
        return ", ".join(_pairs(value))
    return "" if value is None else str(value)


def _pairs(value: dict[str, object]) -> Iterator[str]:
    yield from (f"{name} {_text(one)}" for name, one in list(value.items())[:MOST_NAMED])
