"""What an extract of a day can show: which events had happened, been recorded, and not yet been overwritten.

What belongs here is seeing; the columns of each list are rows_front.py's, rows_care.py's and rows_need.py's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from countermark.sample.days import months_before
from countermark.sample.histories import Row, World
from countermark.sample.population import Child, age_on


@dataclass(frozen=True)
class View:
    """What is looked at: the extract's day, or (`truth`) what had really happened by the as-at date."""

    world: World
    on: date
    truth: bool = False

    @property
    def since(self) -> date:
        """The first day of Ofsted's six months."""
        return months_before(self.on, 6)

    @property
    def spoilt(self) -> bool:
        """Whether cells that nobody can read are seen: they were planted for the as-at date, and earlier extracts lack them."""
        return not self.truth and self.on >= self.world.clock.as_at

    def shown(self, event: date | None, recorded: date | None = None) -> date | None:
        """The date of an event, where it had happened and been recorded."""
        if event is None or event > self.on or (recorded is not None and recorded > self.on and not self.truth):
            return None
        return event

    def last(self, events: Iterable[tuple[date, date]]) -> int:
        """The position of the last event that the source keeps, or -1."""
        limit = self.world.clock.as_at if self.truth else self.on
        found, best = -1, date.min
        for i, (on, recorded) in enumerate(events):
            if best <= on <= limit and (self.truth or recorded <= self.on):
                found, best = i, on
        return found


def who(child: Child, on: date, disability: bool = False) -> Row:
    """The columns with which every list begins."""
    born = child.born
    row: Row = {"id": child.id, "gender": child.gender, "ethnicity": child.ethnicity, "dob": born, "age": None}
    if born is not None:
        row["age"] = age_on(born, on)
    if disability:
        row["disability"] = child.disability
    return row
