"""A naive bridge between claims and cases: which case makes the difference, and why.

For one indicator and as-at date: `claim_items` for one claim, `authority_items` for `ALL`. Everything is looked up case
by case in plain dicts. Not here: who the cases are (`figures`), the range (`ranges`), breaks and decisions.
"""

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

    def holds(self, measure: str) -> bool:
        """In the measure?"""
        return self.in_denominator if measure == DENOMINATOR else self.in_numerator


class Listing(NamedTuple):
    """One row of a manual list."""

    case_id: str
    in_denominator: bool = True
    in_numerator: bool = False
    event_date: date | None = None

    def holds(self, measure: str) -> bool:
        """In the measure?"""
        return self.in_denominator if measure == DENOMINATOR else self.in_numerator


class Claim(NamedTuple):
    """A team's count and its list. `comparable` is false where unit or definition differ from the indicator's;
    counts in families are held to a count of their own (tests/property/test_unit_counts.py)."""

    team: str
    numerator: int | None
    denominator: int | None
    rows: tuple[Listing, ...] = ()
    comparable: bool = True

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
        if case.case_id not in taken and _same_child(key, case.case_id, facts) and _close(start_of(key), case.starts_on)
    ]
    of_row = Counter(key for key, _ in pairs)
    of_case = Counter(case.case_id for _, case in pairs)
    return {key: (case, "near") for key, case in pairs if of_row[key] == 1 and of_case[case.case_id] == 1}


def _same_child(left: str, right: str, facts: Facts) -> bool:
    return facts.root(facts.child(left)) == facts.root(facts.child(right))


def _close(a: date | None, b: date | None) -> bool:
    return a is not None and b is not None and abs(working_days(a, b)) <= NEAR


# --- reasons
def late(case: Case, measure: str, facts: Facts) -> bool:
    """Did the deciding event happen by D, absent at hand and present now, and does it move this measure?"""
    then = facts.at_hand.get(case.case_id)
    if measure not in facts.event_decides or case.decides_on is None or case.decides_on > facts.as_at:
        return False
    absent = then is None or then.decides_on != case.decides_on
    return case.holds(measure) and absent and not (then is not None and then.holds(measure))


def elsewhere(day: date | None, facts: Facts) -> bool:
    """Does a deciding date lie after D or before the period?"""
    return day is not None and (day > facts.as_at or (facts.period_start is not None and day < facts.period_start))


def of_records(one: Matched, measure: str, facts: Facts) -> str | None:
    """What other records say of a listed event that the system does not count; None where they prove nothing."""
    day = next((row.event_date for row in one.rows if row.in_numerator), None)
    if facts.records is None or day is None or measure not in facts.event_decides:
        return None
    child = facts.root(facts.child(one.key))
    return next(facts.records.of_visit(child, day, one.case.decides_on if one.case else None), None)


def left_out(one: Matched, measure: str, facts: Facts) -> bool:
    """Does the record hold the list's event, and the extract not? Where the extract has that very day, it differs in something else."""
    day = next((row.event_date for row in one.rows if row.in_numerator), None)
    if facts.records is None or day is None or measure not in facts.event_decides:
        return False
    is_own = one.case is not None and one.case.decides_on == day
    return not is_own and facts.records.recorded(facts.root(facts.child(one.key)), day)


def unplaced(one: Matched, measure: str, facts: Facts) -> str:
    """The reason for a listed case that the system's list does not hold at all."""
    child = facts.child(one.key)
    met = [row.event_date for row in one.rows if row.in_numerator]
    if measure in facts.event_decides and not facts.by_event and any(elsewhere(day, facts) for day in met):
        return "AS_AT"
    odd = [case for case in facts.now.values() if case.state == "not_countable"]
    if facts.by_event and any(_same_child(one.key, case.case_id, facts) for case in odd):
        return "INVALID"
    if visit := of_records(one, measure, facts):
        return visit
    records = facts.records
    if records and records.handed_over(facts.root(child)):
        return "TRANSFER_IN_OUT"
    if facts.root(child) in facts.unborn:
        return "UNBORN"
    if records and facts.root(child) in records.locked:
        return "RESTRICTED"
    if records and (left_out(one, measure, facts) or records.held_elsewhere(facts.root(child))):
        return "EXTRACT_RULE"
    known = [name for name in facts.status if facts.root(name) == facts.root(child)]
    if facts.by_event or not known:
        return "MANUAL_ONLY"
    return "SCOPE" if any(facts.status[name] for name in known) else "UNEXPLAINED"


def too_many(one: Matched, case: Case, team: str | None, measure: str, facts: Facts) -> str:
    """The reason why the list counts a case in the measure and the system, for this team, does not."""
    events = [row.event_date for row in one.rows if row.event_date is not None]
    would_count = case.hinges_on_event and any(not elsewhere(day, facts) for day in events)
    would_count = would_count or (case.hinges_on_answer and one.listed(NUMERATOR) > 0)
    if case.outside == "SCOPE" and not would_count:
        return "SCOPE"
    decided = measure in facts.event_decides
    if (
        case.state == "overtaken"
        or (case.outside == "AS_AT" and not (case.decides_on is None and would_count))
        or (decided and (any(elsewhere(day, facts) for day in events) or elsewhere(case.decides_on, facts)))
    ):
        return "AS_AT"
    if case.state == "not_countable" or (case.state == "unusable" and measure == NUMERATOR):
        return "INVALID"
    if team is not None and case.team != team and case.in_denominator:
        return "TEAM"
    if visit := of_records(one, measure, facts):
        return visit
    if left_out(one, measure, facts):
        return "EXTRACT_RULE"
    return "UNEXPLAINED" if case.state is None and case.outside is None else "VALUE"


def matched_item(
    one: Matched, case: Case, team: str | None, measure: str, facts: Facts, listed_by_others: set[str]
) -> tuple[int, str] | None:
    """Effect and reason of a listed case that the system knows; None where there is nothing to say."""
    manual = one.listed(measure) > 0
    system = case.holds(measure) and (team is None or case.team == team)
    if manual and not system:
        return -1, too_many(one, case, team, measure, facts)
    if system and not manual:
        others = team is not None and case.case_id in listed_by_others
        return 1, "LATE_RECORDED" if late(case, measure, facts) else "TEAM" if others else "VALUE"
    if system and late(case, measure, facts):
        return 0, "LATE_RECORDED"
    return (0, "IDENTITY") if manual and one.how in ("zeros", "link") else None


def missing(
    case: Case, team: str | None, measure: str, facts: Facts, listed_by_others: set[str], held: set[str]
) -> str:
    """The reason for a system case that a full list does not hold; `held` are the cases that it does."""
    if late(case, measure, facts):
        return "LATE_RECORDED"
    twins = [
        other
        for other in facts.now.values()
        if other.case_id != case.case_id
        and other.case_id in held
        and facts.root(other.case_id) == facts.root(case.case_id)
        and other.holds(measure)
    ]
    if twins:
        return "DUPLICATE_SYSTEM"
    if team is not None and case.case_id in listed_by_others:
        return "TEAM"
    child, records = facts.root(facts.child(case.case_id)), facts.records
    if records and records.ended_elsewhere(child, case.starts_on):
        return "NOT_ENDED"
    if records and records.handed_over(child):
        return "TRANSFER_IN_OUT"
    if child in facts.unborn:
        return "UNBORN"
    return "CP_AND_CLA" if records and records.in_both_registers(child) else "SYSTEM_ONLY"


# --- items
def system_count(team: str | None, measure: str, facts: Facts) -> int:
    """The system's figure: of one team, or (None) of everybody."""
    return sum(case.holds(measure) for case in facts.now.values() if team is None or case.team == team)


def claim_items(claim: Claim, others: Iterable[Claim], facts: Facts, measures: Iterable[str] = MEASURES) -> list[Item]:
    """The bridge of one claim, `ALL` as its own claim included."""
    team = None if claim.team == "ALL" else claim.team
    matched = match(claim, facts)
    elsewhere_listed = {
        one.case.case_id
        for other in others
        if other is not claim
        for one in match(other, facts)
        if one.case is not None and one.listed(DENOMINATOR)
    }
    items: list[Item] = []
    for measure in measures:
        manual, system = claim.count(measure), system_count(team, measure, facts)
        if not claim.comparable:
            items.append(Item(None, claim.team, measure, system - manual, "SCOPE"))
            continue
        items += listed_items(matched, claim.team, team, measure, facts, elsewhere_listed)
        held = {one.case.case_id for one in matched if one.case is not None}
        left = [
            case
            for case in facts.now.values()
            if case.holds(measure) and (team is None or case.team == team) and case.case_id not in held
        ]
        unlisted = manual - sum(row.holds(measure) for row in claim.rows)
        if unlisted:
            items.append(Item(None, claim.team, measure, len(left) - unlisted, "MANUAL_NOT_LISTED"))
        else:
            items += [
                Item(case.case_id, claim.team, measure, 1, missing(case, team, measure, facts, elsewhere_listed, held))
                for case in left
            ]
    return items


def listed_items(
    matched: list[Matched], label: str, team: str | None, measure: str, facts: Facts, others: set[str]
) -> list[Item]:
    """The items of the rows that the list has."""
    items: list[Item] = []
    for one in matched:
        name = one.case.case_id if one.case else one.key
        if one.listed(measure) > 1:
            items.append(Item(name, label, measure, 1 - one.listed(measure), "DUPLICATE_MANUAL"))
        if one.case is not None:
            found = matched_item(one, one.case, team, measure, facts, others)
            if found:
                items.append(Item(name, label, measure, *found))
        elif one.listed(measure):
            items.append(Item(name, label, measure, -1, unplaced(one, measure, facts)))
    return items


def authority_manual(claims: list[Claim], owing: set[str], measure: str) -> int | None:
    """The authority's manual figure: its own claim, else the teams' sum where every team that owes one has claimed."""
    own = [claim for claim in claims if claim.team == "ALL"]
    if own:
        return own[0].count(measure)
    teams = {claim.team for claim in claims}
    return sum(claim.count(measure) for claim in claims) if owing and owing <= teams else None


def authority_items(
    claims: list[Claim], owing: set[str], facts: Facts, measures: Iterable[str] = MEASURES
) -> list[Item]:
    """The bridge of `ALL`: of its own claim, else the teams' items added; nothing where there is no manual figure."""
    own = [claim for claim in claims if claim.team == "ALL"]
    if own:
        return claim_items(own[0], [], facts, measures)
    if not owing or not owing <= {claim.team for claim in claims}:
        return []
    items = [item for claim in claims for item in claim_items(claim, claims, facts, measures)]
    silent = [
        Item(case.case_id, "ALL", measure, 1, "SYSTEM_ONLY")
        for case in facts.now.values()
        for measure in measures
        if case.holds(measure) and case.team not in {claim.team for claim in claims}
    ]
    return without_team_pairs(items + silent)


def without_team_pairs(items: list[Item]) -> list[Item]:
    """Leave out what one team gives and another takes of one case: it is nothing for the authority."""
    kept = list(items)
    for item in items:
        if item.reason != "TEAM" or item.effect != -1 or item not in kept:
            continue
        for other in kept:
            same = other.case_id == item.case_id and other.measure == item.measure and other.effect == 1
            if same and (other.reason == "TEAM" or (other.reason == "SYSTEM_ONLY" and other.team == "ALL")):
                kept.remove(item)
                kept.remove(other)
                break
    return kept


def lines(items: Iterable[Item], measure: str) -> dict[str, tuple[int, int]]:
    """Per reason of one measure: the effect and the number of cases (a line without a case has none)."""
    out: dict[str, tuple[int, int]] = {}
    for item in items:
        if item.measure == measure:
            effect, cases = out.get(item.reason, (0, 0))
            out[item.reason] = (effect + item.effect, cases + (item.case_id is not None))
    return out
