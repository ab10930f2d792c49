"""The one way into the ledger: rows and the chain entry that vouches for them, in one transaction; and the walk.

What the rows mean is said in `deliveries`, `judgements` and `publications`.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select

from countermark.ledger.chain import GENESIS, first_broken, link, rows_digest
from countermark.ledger.records import Entry, Head, stamp
from countermark.ledger.tables import VOUCHED, entries

Rows = Mapping[Table, Sequence[Mapping[str, Any]]]
MACHINE = "countermark"  # who an entry is by where no person acted
PURGE = "purge"  # the kind of the entry that says which rows had to go


class Chained:
    """A ledger's connection and its chain. `clock` gives the moment at which an entry is written."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        """Use `Ledger.open`."""
        self.engine = engine
        self.clock = clock

    def _append(self, connection: Connection, kind: str, rows: Rows, by: str = MACHINE, **says: Any) -> Entry:
        """Insert `rows` and one entry over them. `says` stands in the payload, in the open: no child, no cell."""
        last = _last(connection)
        head = Head(last.seq, last.hash) if last else Head(0, GENESIS)
        at = max(stamp(self.clock()), last.at if last else "")  # a clock set back does not turn the chain's time back
        vouched = {table: [_vouch(table, row, head.seq + 1) for row in new] for table, new in rows.items() if new}
        digests = {table.name: rows_digest(new) for table, new in vouched.items()}
        counts = {table.name: len(new) for table, new in vouched.items()}
        entry = link(head, at, kind, by, {"rows": counts, "digests": digests, **says})
        connection.execute(insert(entries).values(**vars(entry)))
        for table, new in vouched.items():
            connection.execute(insert(table), new)
        return entry

    def entries(self) -> list[Entry]:
        """The audit chain, oldest first."""
        with self.engine.connect() as connection:
            return _entries(connection)

    def head(self) -> Head:
        """The newest entry's number and hash, 0 in an empty ledger. Kept elsewhere, it betrays a chain cut short."""
        with self.engine.connect() as connection:
            last = connection.execute(
                select(entries.c.seq, entries.c.hash).order_by(entries.c.seq.desc()).limit(1)
            ).first()
        return Head(last.seq, last.hash) if last else Head(0, GENESIS)

    def verify(self, anchor: Head | None = None) -> int | None:
        """The first entry that does not hold, or None: the chain is whole and every row is as its entry vouched for it.

        With `anchor`, a head noted earlier, a chain that no longer contains it is broken where it ends.
        """
        with self.engine.connect() as connection:
            chain = _entries(connection)
            broken = [first_broken(chain, anchor), *(_first_unvouched(connection, chain, table) for table in VOUCHED)]
        return min((seq for seq in broken if seq is not None), default=None)

    def _next(self, connection: Connection, table: Table) -> int:
        return int(connection.execute(select(func.coalesce(func.max(table.c.seq), 0))).scalar_one()) + 1


def _vouch(table: Table, row: Mapping[str, Any], entry_seq: int) -> dict[str, Any]:
    nonce = {"nonce": secrets.token_hex(16)} if "nonce" in table.c else {}
    return {**row, "entry_seq": entry_seq, **nonce}


def _last(connection: Connection) -> Entry | None:
    row = connection.execute(select(entries).order_by(entries.c.seq.desc()).limit(1)).first()
    return Entry(*row) if row else None


def _entries(connection: Connection) -> list[Entry]:
    return [Entry(*row) for row in connection.execute(select(entries).order_by(entries.c.seq))]


def _first_unvouched(connection: Connection, chain: Iterable[Entry], table: Table) -> int | None:
    """The first entry whose rows in `table` are not what it vouched for, too many or too few included."""
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in connection.execute(select(table)).mappings():
        found[row["entry_seq"]].append(dict(row))
    chain = list(chain)
    vouched = {entry.seq: _digest(entry, table.name) for entry in chain}
    for entry in chain:
        for seq, name, before, after in replaced_digests(entry) if entry.kind == PURGE else ():
            if name == table.name and (seq >= entry.seq or vouched.get(seq) != before):
                return entry.seq  # a purge that does not begin with what stood
            if name == table.name:
                vouched[seq] = after
    for seq in sorted(vouched.keys() | found.keys()):
        actual = rows_digest(found[seq]) if seq in found else None
        if actual != vouched.get(seq):
            return seq
    return None


def _digest(entry: Entry, table: str) -> str | None:
    try:
        payload = json.loads(entry.payload)
        return str(payload["digests"][table]) if table in payload["digests"] else None
    except (ValueError, KeyError, TypeError):
        return None  # an edited payload; the chain's own walk finds it


def replaced_digests(purge: Entry) -> list[tuple[int, str, str, str | None]]:
    """What a purge says of the rows it touched: entry, table, digest before, digest of what is left. Empty where it cannot be read."""
    try:
        return [
            (int(seq), str(name), str(before), after)
            for seq, name, before, after in json.loads(purge.payload)["standing"]
        ]
    except (ValueError, KeyError, TypeError):
        return []
