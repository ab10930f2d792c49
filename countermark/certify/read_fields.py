"""What an officer read of differences before deciding: a hash of the fields, so that a decision on what has changed is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path

from countermark.certify.snapshot import read
from countermark.ledger.records import LedgerConflict


class FieldsChangedError(LedgerConflict):
    """The records of differences are others than those that the officer read. Says which."""


BOUND = """
select authority, break_id, any_value(indicator_id), string_agg(distinct bound_to, ' ' order by bound_to), max(as_at)
from main.breaks where list_contains(?, break_id) group by all
"""


def fields_of(snapshot: Path, breaks: Collection[str]) -> dict[str, str]:
    """By break a short hash of the fields that a decision on it would be bound to: what an officer reads, to be held to later."""
    with read(snapshot) as con:
        return {row[1]: digest(row[3]) for row in con.execute(BOUND, [list(breaks)]).fetchall()}


def digest(bound_to: str) -> str:
    """The short hash of the fields as breaks hold them."""
    return sha256(bound_to.encode()).hexdigest()[:16]


def refuse_changed(now: Mapping[str, str], read_fields: Mapping[str, str]) -> None:
    """FieldsChangedError where a break's fields are others than those that were read; what is left out is not held."""
    changed = sorted(name for name, fields in now.items() if read_fields.get(name, fields) != fields)
    if changed:
        raise FieldsChangedError(
            f"The records of {', '.join(changed)} have changed since they were read: look again, then decide.",
            tuple(changed),
        )
