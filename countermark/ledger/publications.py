"""What was computed and published: first sightings of breaks, positions, revisions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from countermark.ledger.append import Chained
from countermark.ledger.engine import writing
from countermark.ledger.records import (
    LedgerConflict,
    Position,
    Revision,
    moment,
    stamp,
)
from countermark.ledger.tables import break_seen, positions, revisions

if TYPE_CHECKING:
    import pyarrow

KINDS = ("break", "failure", "pair")


class Publications(Chained):
    """The part of the ledger that the pipeline writes."""

    def see(self, authority: str, keys: Iterable[str], kind: str, on: date) -> int:
        """Note the first sighting, `on`, of those `keys` (pseudonyms) that are new. Returns how many were."""
        if kind not in KINDS:
            raise ValueError(f"kind is one of {KINDS}")
        wanted = set(keys)
        with self.engine.connect() as connection:
            if wanted <= _seen(connection, authority, kind):
                return 0
        with writing(self.engine) as connection:
            new = sorted(wanted - _seen(connection, authority, kind))
            rows = [{"authority": authority, "kind": kind, "break_id": key, "first_seen": on} for key in new]
            if rows:
                self._append(connection, "seen", {break_seen: rows}, authority=authority, of=kind, on=on)
        return len(new)

    def first_seen(self, authority: str, kind: str) -> dict[str, date]:
        """By key, the day of its first sighting."""
        wanted = select(break_seen.c.break_id, break_seen.c.first_seen)
        wanted = wanted.where(break_seen.c.authority == authority, break_seen.c.kind == kind)
        with self.engine.connect() as connection:
            return {row.break_id: row.first_seen for row in connection.execute(wanted)}

    def first_seen_table(self) -> pyarrow.Table:
        """All sightings as `authority, kind, break_id` (text) and `first_seen` (date), for DuckDB to register."""
        import pyarrow

        names = ["authority", "kind", "break_id", "first_seen"]
        with self.engine.connect() as connection:
            rows = connection.execute(select(*[break_seen.c[name] for name in names])).all()
        types = [pyarrow.string()] * 3 + [pyarrow.date32()]
        columns = list(zip(*rows, strict=True)) or [()] * 4
        arrays = [pyarrow.array(list(column), type_) for column, type_ in zip(columns, types, strict=True)]
        return pyarrow.table(arrays, names=names)

    def add_position(self, authority: str, as_at: date, at: datetime | None = None) -> bool:
        """Note that figures of this authority and as-at date exist; False where that is known."""
        if any((one.authority, one.as_at) == (authority, as_at) for one in self.positions()):
            return False
        with writing(self.engine) as connection:
            mine = select(positions.c.as_at).where(positions.c.authority == authority, positions.c.as_at == as_at)
            if connection.execute(mine).first():
                return False
            row = {"authority": authority, "as_at": as_at, "first_computed_at": stamp(at or self.clock())}
            self._append(connection, "position", {positions: [row]}, authority=authority, as_at=as_at)
        return True

    def positions(self) -> list[Position]:
        """All positions, by authority and as-at date."""
        wanted = select(positions.c.authority, positions.c.as_at, positions.c.first_computed_at)
        with self.engine.connect() as connection:
            rows = connection.execute(wanted.order_by(positions.c.authority, positions.c.as_at)).all()
        return [Position(row.authority, row.as_at, moment(row.first_computed_at)) for row in rows]

    def add_revision(
        self,
        snapshot: str,
        content_hash: str,
        positions: Any,
        revision_class: str,
        summary: Any,
        published_at: datetime | None = None,
        seq: int | None = None,
    ) -> Revision:
        """Note a publication. `seq`, where the snapshot carries its number, must be the next: else LedgerConflict."""
        when = published_at or self.clock()
        texts = {"positions": json.dumps(positions, sort_keys=True), "summary": json.dumps(summary, sort_keys=True)}
        with writing(self.engine) as connection:
            following = self._next(connection, revisions)
            if seq is not None and seq != following:
                raise LedgerConflict("Another publication came first: publish again from what stands now.")
            row = {
                "seq": following, "published_at": stamp(when), "snapshot": snapshot, "content_hash": content_hash,
                "revision_class": revision_class, **texts,
            }  # fmt: skip
            says: dict[str, Any] = {"revision": following, "content": content_hash, "class": revision_class}
            self._append(connection, "revision", {revisions: [row]}, **says)
        return _revision(row)

    def next_revision(self) -> int:
        """The number that the next publication will have."""
        with self.engine.connect() as connection:
            return self._next(connection, revisions)

    def revisions(self) -> list[Revision]:
        """All publications, oldest first."""
        return self._revisions()

    def revision_at(self, known_at: datetime | None = None) -> Revision | None:
        """The publication that stood at a moment (default: now); None where nothing had been published."""
        found = self._revisions(known_at)
        return found[-1] if found else None

    def _revisions(self, known_at: datetime | None = None) -> list[Revision]:
        wanted = select(revisions).order_by(revisions.c.seq)
        if known_at:
            wanted = wanted.where(revisions.c.published_at <= stamp(known_at))
        with self.engine.connect() as connection:
            return [_revision(row) for row in connection.execute(wanted).mappings()]


def _seen(connection: Connection, authority: str, kind: str) -> set[str]:
    wanted = select(break_seen.c.break_id).where(break_seen.c.authority == authority, break_seen.c.kind == kind)
    return set(connection.execute(wanted).scalars())


def _revision(row: Any) -> Revision:
    return Revision(
        row["seq"], moment(row["published_at"]), row["snapshot"], row["content_hash"], row["revision_class"],
        json.loads(row["positions"]), json.loads(row["summary"]),
    )  # fmt: skip
