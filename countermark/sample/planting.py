"""The gardener's tools: choosing whom a fault falls on, and writing down what was planted with the reason it must get.

What belongs here is shared by faults.py (the system) and slips.py (those who count).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from countermark.sample.counts import Member
from countermark.sample.histories import Assessment, Care, Enquiry, Plan, Referral, Unreadable, World

_Event = TypeVar("_Event", Plan, Care, Assessment, Enquiry, Referral)
Key = tuple[str, str, str]
ERROR, WORDS, IMPOSSIBLE = Unreadable("#N/A"), Unreadable("to be confirmed"), Unreadable("31/02/2022")


@dataclass
class Planted:
    """What was planted.

    `reasons` holds the reason of a system case for every count; `of_count` that of (indicator, team, case) for one.
    `missed` are cases that the counters did not know of, `seen_since` those whom they left out as seen since.
    """

    reasons: dict[str, str] = field(default_factory=dict)
    of_count: dict[Key, str] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    seen_since: set[str] = field(default_factory=set)
    told: list[dict[str, str | None]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def in_system(self, fault: str, case: str, reason: str | None) -> None:
        """Write a fault of the system down, and keep other faults away from the child."""
        self.used.add(child_of(case))
        if reason:
            self.reasons[case] = reason
        self.told.append({"fault": fault, "indicator_id": None, "team": None, "case_id": case, "reason": reason})

    def in_count(self, fault: str, indicator: str, team: str, case: str | None, reason: str) -> None:
        """Write a slip of one count down."""
        if case is not None:
            self.of_count[indicator, team, case] = reason
        self.told.append({"fault": fault, "indicator_id": indicator, "team": team, "case_id": case, "reason": reason})

    def reason(self, indicator: str, team: str, case: str) -> str | None:
        """The reason planted for a case of one count."""
        return self.of_count.get((indicator, team, case)) or self.reasons.get(case)


def child_of(case: str) -> str:
    """The child of a case id: what stands before the last slash."""
    return case.rpartition("/")[0] or case


@dataclass
class Planter:
    """The world with its indicators as they were before any fault, to choose from."""

    world: World
    rng: Random
    found: dict[str, dict[str, Member]]
    planted: Planted = field(default_factory=Planted)

    def number(self, at_scale_one: int) -> int:
        """How many of a fault to plant: at least one."""
        return max(1, round(at_scale_one * self.world.scale))

    def met(self, case: str, *indicators: str) -> bool:
        """Whether a case is in the numerator of all these indicators."""
        return all(case in self.found[i] and self.found[i][case].numerator for i in indicators)

    def pick(self, events: Iterable[_Event], at_scale_one: int, fits: Callable[[_Event], bool]) -> list[_Event]:
        """As many events as asked for, or as there are, at random, each of a child whom no fault has met yet."""
        both = (
            self.found["PP0"].keys() & self.found["LA0"].keys()
        )  # on a plan and in care: a fault of one would show in the other
        taken = self.planted.used | both
        pool = [event for event in events if event.child.id not in taken and fits(event)]
        self.rng.shuffle(pool)
        chosen: dict[str, _Event] = {}
        for event in pool:
            if len(chosen) < self.number(at_scale_one):
                chosen.setdefault(event.child.id, event)
        return list(chosen.values())
