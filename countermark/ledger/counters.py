"""Who counted which figure, and how people may write their names: what the database keeps apart from those who judge.

A count stands in a delivery; who made it is noted here when it is published, newest version by team, so that the triggers know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from countermark.ledger.append import Chained
from countermark.ledger.engine import writing
from countermark.ledger.people import may_be, person_key
from countermark.ledger.people import spellings as spellings_of
from countermark.ledger.tables import checks, counters, decisions, signatures, spellings


@dataclass(frozen=True)
class Counter:
    """Somebody counted for a team at a date; `by` is empty where nobody does any more. `version` is set on storing."""

    authority: str
    indicator_id: str
    as_at: date
    team: str
    by: str
    version: int = 0

    @property
    def place(self) -> tuple[str, str, date, str]:
        """What was counted: of it the newest version stands."""
        return self.authority, self.indicator_id, self.as_at, self.team


class Counters(Chained):
    """The part of the ledger that says who counted."""

    def note_counters(self, new: Sequence[Counter]) -> int:
        """Note who counted where that is other than what is known; returns how many were."""
        if not _changed(new, self.counters()):
            return 0
        with writing(self.engine) as connection:
            changed = _changed(new, _counters(connection))
            if not changed:
                return 0
            first = self._next(connection, counters)
            rows = [
                {**asdict(one), "seq": first + index, "by_key": person_key(one.by)} for index, one in enumerate(changed)
            ]
            known = spelled(connection, [one.by for one in changed])
            says = sorted({f"{one.authority} {one.indicator_id} {one.as_at.isoformat()}" for one in changed})
            self._append(connection, "counters", {spellings: known, counters: rows}, of=says)
        return len(changed)

    def counters(self) -> list[Counter]:
        """Who counted, the newest version of each place."""
        with self.engine.connect() as connection:
            return _counters(connection)


def spelled(connection: Connection, names: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of spellings that are to be stored before these people judge or count: theirs, and those of an older ledger's people.

    Beside the spellings of a name alone each known person whom it may be.
    """
    there = {(row.by_key, row.may_be) for row in connection.execute(select(spellings.c.by_key, spellings.c.may_be))}
    wanted = {person_key(name): name for name in names if person_key(name)}
    known = {by_key for by_key, _ in there}
    if wanted.keys() <= known:
        return []
    people = dict(wanted)
    for table in (decisions, checks, signatures, counters):
        people |= {row.by_key: row.by for row in connection.execute(select(table.c.by_key, table.c.by).distinct())}
    rows = {
        (key, one)
        for key, name in people.items()
        if key and key not in known
        for one in {key, *spellings_of(name), *(other for other, said in people.items() if may_be(name, said))}
    }
    return [{"by_key": by_key, "may_be": one} for by_key, one in sorted(rows - there)]


def _counters(connection: Connection) -> list[Counter]:
    c = counters.c
    wanted = select(c.authority, c.indicator_id, c.as_at, c.team, c.by, c.version).order_by(c.seq)
    found = [Counter(*row) for row in connection.execute(wanted)]
    return list({one.place: one for one in found}.values())


def _changed(new: Sequence[Counter], known: Sequence[Counter]) -> list[Counter]:
    """Those of `new` that say something else than is known, with their next version."""
    before = {one.place: one for one in known}
    found = []
    for one in new:
        last = before.get(one.place)
        if (last.by if last else "") != one.by:
            found.append(replace(one, version=last.version + 1 if last else 1))
    return found
