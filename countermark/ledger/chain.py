"""The audit chain's arithmetic: canonical JSON, hashes, and what makes a chain whole. No database here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from countermark.ledger.records import Entry, Head

GENESIS = "0" * 64  # the hash before the first entry


def canonical(value: Any) -> str:
    """`value` as JSON with one spelling only: keys sorted, no spaces, dates as ISO text. Floats are refused."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        raise TypeError("a float has no canonical form")
    return value


def sha256(text: str) -> str:
    """The sha256 of `text` in UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def entry_hash(seq: int, prev_hash: str, at: str, kind: str, by: str, payload: str) -> str:
    """The hash of one entry; `payload` is canonical JSON text."""
    return sha256(canonical([seq, prev_hash, at, kind, by, payload]))


def link(head: Head, at: str, kind: str, by: str, payload: Mapping[str, Any]) -> Entry:
    """The entry that follows `head`."""
    text, seq = canonical(payload), head.seq + 1
    return Entry(seq, head.hash, entry_hash(seq, head.hash, at, kind, by, text), at, kind, by, text)


def rows_digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """One hash over table rows, whatever their order."""
    return sha256("\n".join(sorted(canonical(row) for row in rows)))


def first_broken(entries: Iterable[Entry], anchor: Head | None = None) -> int | None:
    """The first sequence number at which `entries`, in the order of seq, is no whole chain; None where it is whole.

    `anchor` is a head kept elsewhere: the chain must still contain it, else a cut tail would go unseen.
    """
    head = Head(0, GENESIS)
    met = anchor is None or anchor == head
    for entry in entries:
        expected = entry_hash(entry.seq, entry.prev_hash, entry.at, entry.kind, entry.by, entry.payload)
        if entry.seq != head.seq + 1 or entry.prev_hash != head.hash or entry.hash != expected:
            return head.seq + 1
        head = Head(entry.seq, entry.hash)
        if anchor is not None and anchor.seq == head.seq:
            if anchor.hash != head.hash:
                return head.seq
            met = True
    return None if met else head.seq + 1
