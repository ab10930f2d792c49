"""What the naive bridge is made of: cases, claims and their rows, and which case each row means. Not here: why they differ (`bridge`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from tests.oracle.cells import working_days
from tests.oracle.evidence import Records

DENOMINATOR, NUMERATOR = "denominator", "numerator"
MEASURES = (DENOMINATOR, NUMERATOR)
NEAR = 5  # working days within which an event of the same child is the same event


class Case(NamedTuple):
    """One case of the system. `outside` is SCOPE or AS_AT where a rule that can be named leaves it out."""

    case_id: str
    team: str | None
    in_denominator: bool
    in_numerator: bool
    state: str | None
    outside: str | None = None
    hinges_on_event: bool = False  # the rule that leaves it out reads the deciding date, which a list row can state too
    hinges_on_answer: bool = False  # the rule says that an answer is missing, which a row in the numerator gives
    starts_on: date | None = None
    decides_on: date | None = None
    done_on: date | None = None

    def holds(self, measure: str) -> bool:
        """In the measure?"""
        return self.in_denominator if measure == DENOMINATOR else self.in_numerator


class Listing(NamedTuple):
    """One row of a manual list."""

    case_id: str
    in_denominator: bool = True
    in_numerator: bool = False
    event_date: date | None = None
    family: str | None = None  # the list's own word

    def holds(self, measure: str) -> bool:
        """In the measure?"""
        return self.in_denominator if measure == DENOMINATOR else self.in_numerator


class Claim(NamedTuple):
    """A team's count and its list. `comparable` is false where unit or definition differ from the indicator's, and nothing
    turns the unit (family, meeting) into cases."""

    team: str
    numerator: int | None
    denominator: int | None
    rows: tuple[Listing, ...] = ()
    comparable: bool = True
    unit: str | None = None  # family or meeting, where not cases were counted

    def count(self, measure: str) -> int:
        """The claimed count; without one the sum of the list."""
        stated = self.denominator if measure == DENOMINATOR else self.numerator
        return sum(row.holds(measure) for row in self.rows) if stated is None else stated


class Item(NamedTuple):
    """One case (None: not a case), its whole effect on one measure of one team's figure, and the primary reason."""

    case_id: str | None
    team: str
    measure: str
    effect: int
    reason: str


@dataclass(frozen=True)
class Facts:
    """What the bridge may look at."""

    as_at: date
    period_start: date | None  # None: a snapshot
    now: dict[str, Case]
    at_hand: dict[str, Case]
    by_event: bool
    event_decides: frozenset[str]  # the measures that the deciding event moves
    status: dict[str, str | None] = field(
        default_factory=dict
    )  # children known at all, with their status where they have one
    roots: dict[str, str] = field(default_factory=dict)  # ids (without leading zeros) that are another's, and whose
    unborn: frozenset[str] = frozenset()  # children, by their roots, whose every date of birth lies after D
    records: Records | None = None  # what else was delivered
    families: dict[str, set[str]] = field(default_factory=dict)  # of each child, by its root
    limit: int | None = None  # in working days
    late_is_met: bool = False

    def child(self, case_id: str) -> str:
        """The child of a case id."""
        return case_id.rsplit("/", 1)[0] if self.by_event and "/" in case_id else case_id

    def bare(self, case_id: str) -> str:
        """The case id without the child's leading zeros."""
        child = self.child(case_id)
        return (child.lstrip("0") or "0") + case_id[len(child) :]

    def root(self, case_id: str) -> str:
        """The case id under the child's own id, without leading zeros."""
        bare = (self.child(case_id).lstrip("0")) or "0"
        return self.roots.get(bare, bare) + case_id[len(self.child(case_id)) :]


# --- matching
@dataclass(frozen=True)
class Matched:
    """The list's rows of one case, and the system's case if one was found, by which key."""

    key: str
    rows: tuple[Listing, ...]
    case: Case | None
    how: str  # exact | zeros | link | near | none

    def listed(self, measure: str) -> int:
        """How often the case is listed in the measure."""
        return sum(row.holds(measure) for row in self.rows)


def start_of(case_id: str) -> date | None:
    """The start in an event's case id."""
    try:
        return date.fromisoformat(case_id.rsplit("/", 1)[1])
    except (IndexError, ValueError):
        return None


def meant(case_id: str, facts: Facts) -> tuple[Case, str] | None:
    """The system's case of a listed key, and by which key: its own, else leading zeros aside, else another id of the child."""
    if case_id in facts.now:
        return facts.now[case_id], "exact"
    alike = [case for case in facts.now.values() if facts.bare(case.case_id) == facts.bare(case_id)]
    counted = [case for case in alike if case.state is not None]
    for some in (alike, counted):
        if len(some) == 1:
            return some[0], "zeros"
    linked = facts.root(case_id) != facts.bare(case_id)
    ones = [
        case
        for case in facts.now.values()
        if facts.root(case.case_id) == facts.root(case_id)
        and (linked or facts.root(case.case_id) != facts.bare(case.case_id))
    ]
    order = sorted(ones, key=lambda c: (c.state is None, facts.root(c.case_id) != facts.bare(c.case_id), c.case_id))
    return (order[0], "link") if order else None


def groups(claim: Claim, facts: Facts) -> dict[str, tuple[Listing, ...]]:
    """The list's rows by the case that they mean; rows without one by the child that they name."""
    grouped: dict[str, list[Listing]] = {}
    spelled: dict[str, str] = {}
    for row in claim.rows:
        found = meant(row.case_id, facts)
        key = found[0].case_id if found else spelled.setdefault(facts.root(row.case_id), row.case_id)
        grouped.setdefault(key, []).append(row)
    return {key: tuple(rows) for key, rows in grouped.items()}


def match(claim: Claim, facts: Facts) -> list[Matched]:
    """Every listed case with its system case: exact, else leading zeros, else another id, else the only near event on both sides."""
    rows = groups(claim, facts)
    found: dict[str, tuple[Case, str]] = {}
    for key, listed in rows.items():
        hows = [how for row in listed if (one := meant(row.case_id, facts)) for how in one[1:]]
        if hows:
            found[key] = (facts.now[key], min(hows, key=("exact", "zeros", "link").index))
    if facts.by_event:
        found.update(near(rows, found, {case.case_id for case, _ in found.values()}, facts))
    return [Matched(key, rows[key], *found.get(key, (None, "none"))) for key in rows]


def near(
    rows: Iterable[str], found: dict[str, tuple[Case, str]], taken: set[str], facts: Facts
) -> dict[str, tuple[Case, str]]:
    """Unmatched events of one child that start within five working days, where each is the other's only candidate."""
    pairs = [
        (key, case)
        for key in rows
        if key not in found
        for case in facts.now.values()
        if case.case_id not in taken and same_child(key, case.case_id, facts) and _close(start_of(key), case.starts_on)
    ]
    of_row = Counter(key for key, _ in pairs)
    of_case = Counter(case.case_id for _, case in pairs)
    return {key: (case, "near") for key, case in pairs if of_row[key] == 1 and of_case[case.case_id] == 1}


def same_child(left: str, right: str, facts: Facts) -> bool:
    return facts.root(facts.child(left)) == facts.root(facts.child(right))


def _close(a: date | None, b: date | None) -> bool:
    return a is not None and b is not None and abs(working_days(a, b)) <= NEAR
