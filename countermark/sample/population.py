"""The children and families of the invented authority: who they are, before anything happens to them.

What belongs here is identity (id, birth, family, area). What happens to a child belongs to histories.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from countermark.sample.layout import CODES

_ETHNICITY_WEIGHTS = (780, 6, 3, 60, 8, 14, 8, 12, 16, 8, 10, 12, 10, 4, 12, 4, 3, 12, 4, 14)
_SIBLINGS = ((1, 2, 3, 4), (52, 27, 14, 7))


@dataclass(slots=True)
class Child:
    """One child. `born` is the expected date for an unborn child; None where nobody has recorded it."""

    id: str
    gender: str
    ethnicity: str
    born: date | None
    disability: str
    family: int
    area: int


@dataclass(slots=True)
class People:
    """Makes children with ids that differ by more than their leading zeros."""

    rng: Random
    next_id: int = 30011
    families: int = 0
    children: list[Child] = field(default_factory=list)

    def child(self, born: date | None, family: int, area: int, disabled: float = 0.09) -> Child:
        """A new child of a family; one in sixty has an id of the old system, with leading zeros."""
        rng = self.rng
        self.next_id += rng.randint(1, 7)
        prefix = "00" if rng.random() < 1 / 60 else ""
        disability = "a) Yes" if rng.random() < disabled else rng.choices(("b) No", "c) Unknown"), (97, 3))[0]
        gender = rng.choices(CODES["gender"], (505, 485, 6, 4))[0]
        ethnicity = rng.choices(CODES["ethnicity"], _ETHNICITY_WEIGHTS)[0]
        child = Child(f"{prefix}{self.next_id}", gender, ethnicity, born, disability, family, area)
        self.children.append(child)
        return child

    def household(self, on: date) -> list[Child]:
        """A family that comes to notice on a day: one to four siblings of one area, one in seventy unborn."""
        rng = self.rng
        self.families += 1
        area = rng.choices((0, 1, 2), (36, 34, 30))[0]
        size = rng.choices(*_SIBLINGS)[0]
        youngest = _birth(rng, on, 0, 14)
        births = [youngest] + [youngest - timedelta(days=330 + rng.randint(0, 1500)) for _ in range(size - 1)]
        if rng.random() < 0.03:
            births[0] = on + timedelta(days=rng.randint(20, 150))
        oldest = on - timedelta(days=int(17.6 * 365))
        return [self.child(max(born, oldest + timedelta(days=i)), self.families, area) for i, born in enumerate(births)]

    def single(self, on: date, youngest: int, oldest: int, disabled: float = 0.09) -> Child:
        """A child on its own, aged `youngest` to `oldest` years on the day."""
        self.families += 1
        area = self.rng.choices((0, 1, 2), (36, 34, 30))[0]
        return self.child(_birth(self.rng, on, youngest, oldest), self.families, area, disabled)


def _birth(rng: Random, on: date, youngest: int, oldest: int) -> date:
    return on - timedelta(days=rng.randint(youngest * 365 + 5, oldest * 365 + 360))


def age_on(born: date, day: date) -> int:
    """Years at the last birthday; -1 before birth, as Ofsted asks for the unborn."""
    if born > day:
        return -1
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
