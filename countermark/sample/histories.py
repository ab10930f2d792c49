"""What happens to the children: the records of the invented authority, with the day on which each was recorded.

What belongs here is the shape of a history; how an extract shows it belongs to lists.py. An event up to the as-at date
is on the system by the first extract unless a fault (faults.py) delays it, and visits and checks that follow are typed
up after the first extract. Differences between the two extracts are thus planted, never accidental.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from countermark.sample.authority import Staff
from countermark.sample.days import add_wd
from countermark.sample.population import Child, People

Row = dict[str, Any]
AFTER_THE_MONTH = 2  # working days from a month's end to the extract that shows it


@dataclass(frozen=True)
class Unreadable:
    """What stands in a cell that nobody can read: an error value, or words where a date should be."""

    shown: str


@dataclass(frozen=True)
class Clock:
    """The dates that everything hangs on: as-at date, the two extracts, the first day of the simulation.

    `ends` are the ends of the months that a history shows, oldest first, and then the as-at date.
    """

    as_at: date
    first: date
    second: date
    start: date
    ends: tuple[date, ...]

    @property
    def span(self) -> int:
        """The days of the history: none where there is only the as-at date."""
        return (self.as_at - self.ends[0]).days

    @property
    def extracts(self) -> tuple[date, ...]:
        """The days of the extracts of the history, oldest first: one a month, without the two of the as-at date."""
        return tuple(add_wd(end, AFTER_THE_MONTH) for end in self.ends[:-1])

    @property
    def better_since(self) -> date:
        """In a history: the day from which visits come in time more often."""
        return self.as_at - timedelta(days=215) if self.span else date.min

    @property
    def worse_since(self) -> date:
        """In a history: the day from which assessments come in time less often."""
        return self.as_at - timedelta(days=150) if self.span else date.max

    def month_before(self, on: date) -> date:
        """The last of the ends that lies before a day, or on it; the first end where none does."""
        return self.ends[max(0, bisect_right(self.ends, on) - 1)]

    def typed(self, on: date, delay: int) -> date:
        """When an event of `on` reached the system: by the extract that follows its month's end."""
        if on > self.as_at:
            return on
        return min(add_wd(on, delay), add_wd(self.ends[bisect_left(self.ends, on)], AFTER_THE_MONTH))

    def typed_later(self, on: date, delay: int) -> date:
        """The same for visits and checks, of which only the last is kept: those after a month's end come after its extract."""
        end = self.month_before(on)
        after = add_wd(end, AFTER_THE_MONTH + 1) if end < on else date.min
        return max(self.typed(on, delay) if on <= self.as_at else add_wd(on, delay), after)


@dataclass(slots=True)
class Referral:
    """A referral, and whether it was answered with no further action."""

    child: Child
    on: date
    source: str
    nfa: bool | None
    team: str | None
    worker: str


@dataclass(slots=True)
class Assessment:
    """A social work assessment, from its start to its authorisation."""

    child: Child
    start: date
    authorised: date
    seen: str
    in_need: bool
    team: str
    worker: str
    recorded: date | None = None
    broken: Unreadable | None = None


@dataclass(slots=True)
class Enquiry:
    """A section 47 enquiry. `unnecessary_on` is the day of that decision; a child already on a plan has neither."""

    child: Child
    discussion: date
    unnecessary_on: date | None
    conference: date | None
    planned: bool
    on_plan: bool
    team: str
    worker: str
    recorded: date | None = None
    broken: Unreadable | None = None


@dataclass(slots=True)
class Visit:
    """A statutory visit, and the day on which it was written up."""

    on: date
    alone: str
    recorded: date


@dataclass(slots=True)
class Plan:
    """A child protection plan with its visits and reviews."""

    child: Child
    start: date
    end: date
    category: tuple[str, str]
    protected: str
    previous: int
    team: str
    worker: str
    visits: list[Visit] = field(default_factory=list)
    reviews: list[date] = field(default_factory=list)
    broken: dict[str, Unreadable] = field(default_factory=dict)


@dataclass(slots=True)
class Care:
    """A period of being looked after; `dental` holds (check, recorded), `told_end` an end that was typed wrongly."""

    child: Child
    start: date
    end: date
    need: str
    legal: str
    legal_start: date
    placements: int
    placement_start: date
    team: str
    worker: str
    ceased: str
    health: date | None = None
    dental: list[tuple[date, date]] = field(default_factory=list)
    broken: dict[str, Unreadable] = field(default_factory=dict)
    told_end: date | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Need:
    """An episode of need; `cin_from` is the day a child in need plan began."""

    child: Child
    start: date
    closed: date
    reason: str
    code: str
    cin_from: date | None
    area_team: str


@dataclass(slots=True)
class World:
    """Everything that is true of the invented authority."""

    clock: Clock
    rng: Random
    scale: float
    people: People
    staff: Staff
    contacts: list[tuple[Child, date, str]] = field(default_factory=list)
    early_help: list[tuple[Child, date, date | None, str]] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    cares: list[Care] = field(default_factory=list)
    needs: dict[str, Need] = field(default_factory=dict)
    earlier_needs: list[Need] = field(default_factory=list)
    leavers: list[tuple[Child, Row]] = field(default_factory=list)
    adoptions: list[tuple[Child, Row]] = field(default_factory=list)
    adopters: list[Row] = field(default_factory=list)
    twins: list[tuple[int, str, date | None]] = field(default_factory=list)

    def begin_need(self, need: Need) -> None:
        """An episode of need begins; of a child that had one before, the later one stands in the list."""
        if need.child.id in self.needs:
            self.earlier_needs.append(self.needs[need.child.id])
        self.needs[need.child.id] = need

    def worker(self, team: str) -> str:
        """One of the team's social workers."""
        return self.rng.choice(self.staff.by_team[team])
