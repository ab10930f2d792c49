"""A naive reading of other records: what visits, families, other sources and registers prove of one child. Lists are walked row by row.

Not here: who counts (`figures`), which reason comes first among claims and cases (`bridge`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tests.oracle.cells import working_days

NEAR = 5


class Visit(NamedTuple):
    """One row of the record of visits; None where the row does not say."""

    child: str
    day: date
    kind: str | None
    status: str | None  # draft | finalised
    seen: str | None
    lead: str | None  # by the allocated worker: yes | no


class Spell(NamedTuple):
    """An episode in some list: a plan, an episode of need or of care."""

    child: str
    table: str
    began: date
    ended: date | None
    in_record: bool
    handed_over: bool = False


@dataclass(frozen=True)
class Records:
    """What lies beside the extract. `kind` of visit and `table` are the indicator's."""

    as_at: date
    kind: str
    table: str
    visits: tuple[Visit, ...] = ()
    families: tuple[frozenset[str], ...] = ()
    spells: tuple[Spell, ...] = ()
    locked: frozenset[str] = frozenset()
    in_other_lists: frozenset[str] = frozenset()  # listed by some team for the other of the two registers
    lost: frozenset[str] = frozenset()  # in a block that went missing when the case system changed

    def of_day(self, child: str, day: date) -> list[Visit]:
        """The child's visits of a day."""
        return [visit for visit in self.visits if (visit.child, visit.day) == (child, day)]

    def own_kind(self, visit: Visit) -> bool:
        """Of the indicator's kind, or of none that is told."""
        return visit.kind in (None, self.kind)

    def counts(self, visit: Visit) -> bool:
        """A visit on the record at which the child was seen."""
        return visit.status in (None, "finalised") and visit.seen == "yes"

    def recorded(self, child: str, day: date) -> bool:
        """Whether the record has the visit, whole, on its day."""
        return any(self.counts(v) and self.own_kind(v) and v.lead != "no" for v in self.of_day(child, day))

    def of_visit(self, child: str, day: date, decides_on: date | None) -> Iterator[str]:
        """Why the visit of the list's day does not count, the first reason first."""
        there = self.of_day(child, day)
        if there and not self.recorded(child, day):
            own = [visit for visit in there if self.own_kind(visit)]
            if any(visit.status == "draft" for visit in own):
                yield "NOT_FINALISED"
            if any(visit.status in (None, "finalised") and visit.seen == "no" for visit in own):
                yield "NOT_SEEN"
            if any(self.counts(visit) and not self.own_kind(visit) for visit in there):
                yield "WRONG_FORM"
            if any(self.counts(visit) and visit.lead == "no" for visit in own):
                yield "OTHER_WORKER"
        if not there:
            if any(self.counts(v) and self.own_kind(v) for s in self.siblings(child) for v in self.of_day(s, day)):
                yield "SIBLING_RECORD"
            near = {
                v.day
                for v in self.visits
                if v.child == child and self.counts(v) and self.own_kind(v) and abs(working_days(v.day, day)) <= NEAR
            }
            if decides_on is not None and near == {decides_on}:
                yield "DATE_DIFFERS"

    def siblings(self, child: str) -> set[str]:
        """The other children of the child's families."""
        return {other for family in self.families if child in family for other in family} - {child}

    def ended_elsewhere(self, child: str, began: date | None) -> bool:
        """Another source has the same episode ended by the date, and the record has not."""
        same = [s for s in self.spells if (s.child, s.table, s.began) == (child, self.table, began)]
        over = [s for s in same if s.ended is not None and s.ended <= self.as_at]
        return any(not s.in_record for s in over) and not any(s.in_record for s in over)

    def handed_over(self, child: str) -> bool:
        """Another authority took the child over, and no episode of that kind began after it."""
        own = [s for s in self.spells if s.child == child]
        return any(
            s.handed_over
            and s.ended is not None
            and s.ended <= self.as_at
            and not any(o.table == s.table and s.ended <= o.began <= self.as_at for o in own)
            for s in own
        )

    def held_elsewhere(self, child: str) -> bool:
        """Another source has an episode of the indicator's kind open at the date."""
        return any(self._open(s) and s.table == self.table and not s.in_record for s in self.spells if s.child == child)

    def in_both_registers(self, child: str) -> bool:
        """On a plan and looked after by the record, and in a list of the other kind."""
        tables = {s.table for s in self.spells if s.child == child and s.in_record and self._open(s)}
        return child in self.in_other_lists and {"cp_plans", "cla_episodes"} <= tables

    def _open(self, spell: Spell) -> bool:
        return spell.began <= self.as_at and (spell.ended is None or spell.ended > self.as_at)
