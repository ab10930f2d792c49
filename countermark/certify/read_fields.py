"""What an officer read of differences before deciding: a hash of the fields, so that a decision on what has changed is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb

from countermark.certify.snapshot import read
from countermark.ledger.records import LedgerConflict


class FieldsChangedError(LedgerConflict):
    """The records of differences are others than those that the officer read. Says which."""


BOUND = """
select authority, break_id, any_value(indicator_id), string_agg(distinct bound_to, ' ' order by bound_to), max(as_at), false as of_systems
from main.breaks where list_contains($breaks, break_id) group by all
"""
OF_SYSTEMS = """
union all
select authority, difference_id, any_value(pair_id), string_agg(distinct bound_to, ' ' order by bound_to), max(as_at), true
from main.pair_items where list_contains($breaks, difference_id) group by all
"""
BINDS = "select 1 from duckdb_columns() where schema_name = 'main' and table_name = 'pair_items' and column_name = 'bound_to'"


@dataclass(frozen=True)
class Bound:
    """A difference as it is decided on: its figure, or pair of systems (`of_systems`), and the fields that a decision is bound to."""

    authority: str
    break_id: str
    indicator_id: str
    bound_to: str
    as_at: date
    of_systems: bool


def bound(con: duckdb.DuckDBPyConnection, breaks: Collection[str]) -> list[Bound]:
    """Those of the differences that the publication has; of two systems none where it is of a version in which they had no life."""
    query = BOUND + OF_SYSTEMS if con.execute(BINDS).fetchall() else BOUND
    return [Bound(*row) for row in con.execute(query, {"breaks": list(breaks)}).fetchall()]


def fields_of(snapshot: Path, breaks: Collection[str]) -> dict[str, str]:
    """By break a short hash of the fields that a decision on it would be bound to: what an officer reads, to be held to later."""
    with read(snapshot) as con:
        return {one.break_id: digest(one.bound_to) for one in bound(con, breaks)}


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
