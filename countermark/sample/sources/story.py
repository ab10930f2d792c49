"""The histories behind the further sources, told from the same world after its faults: nothing here changes the world.

What belongs here is the whole of what is known, as rows by kind; the files that print it are written by their own modules.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from countermark.sample.histories import Care, Plan, Row, World
from countermark.sample.sources.people import Person, Worker, know_children, know_workers


@dataclass
class Story:
    """The world with its people known by all their numbers, and the records of each kind."""

    world: World
    rng: Random
    persons: dict[str, Person] = field(default_factory=dict)
    workers: dict[tuple[str, str], Worker] = field(default_factory=dict)
    records: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @property
    def first(self) -> date:
        """The day on which the trackers are handed in: that of the first extract."""
        return self.world.clock.first

    @property
    def second(self) -> date:
        """The day of the case system's database: that of the second extract."""
        return self.world.clock.second

    def add(self, kind: str, /, **values: Any) -> Row:
        """A record of a kind."""
        self.records[kind].append(values)
        return values

    def likely(self, share: float) -> bool:
        """Whether a thing happens that happens so often."""
        return self.rng.random() < share

    def worker_id(self, team: str, name: str) -> str:
        """The number by which the staff list knows a worker, who may be of another team than the one that holds the case."""
        known = self.workers.get((team, name))
        return known.id if known else next(worker.id for worker in self.workers.values() if worker.name == name)

    def open_plans(self, on: date) -> list[Plan]:
        """The child protection plans open on a day."""
        return [plan for plan in self.world.plans if plan.start <= on < plan.end]

    def open_cares(self, on: date) -> list[Care]:
        """The children looked after on a day, short breaks left out."""
        return [c for c in self.world.cares if c.start <= on < c.end and c.legal not in ("V3", "V4")]

    def families(self) -> dict[int, list[Person]]:
        """Known children by family."""
        found: dict[int, list[Person]] = defaultdict(list)
        for person in self.persons.values():
            found[person.family].append(person)
        return found


def tell(world: World, seed: int) -> Story:
    """Everything the further sources know of a world. The same seed tells the same."""
    from countermark.sample.sources import care_line, legal, meetings, oversight, staff, visits

    rng = Random(f"countermark sources {seed}")  # noqa: S311  not for secrets: the same seed must tell the same
    story = Story(world, rng)
    story.persons = know_children(world, rng)
    story.workers = know_workers(world, rng)
    visits.visit(story)
    meetings.meet(story)
    care_line.follow(story)
    legal.proceed(story)
    oversight.oversee(story)
    staff.employ(story)
    return story
