"""A naive bridge between claims and cases: which case makes the difference, and why.

For one indicator and as-at date: `claim_items` for one claim, `authority_items` for `ALL`. Everything is looked up case
by case in plain dicts. Not here: who the cases are (`figures`), the range (`ranges`), breaks and decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from tests.oracle import units
from tests.oracle.cells import working_days
from tests.oracle.sides import DENOMINATOR as DENOMINATOR
from tests.oracle.sides import MEASURES as MEASURES
from tests.oracle.sides import NUMERATOR as NUMERATOR
from tests.oracle.sides import Case as Case
from tests.oracle.sides import Claim as Claim
from tests.oracle.sides import Facts as Facts
from tests.oracle.sides import Item as Item
from tests.oracle.sides import Listing as Listing
from tests.oracle.sides import Matched as Matched
from tests.oracle.sides import match as match
from tests.oracle.sides import meant as meant
from tests.oracle.sides import same_child
from tests.oracle.sides import start_of as start_of


# --- reasons
def weekdays(a: date, b: date) -> int:
    """Mondays to Fridays after a, up to and including b."""
    if b < a:
        return -weekdays(b, a)
    return sum((a + timedelta(days=n)).weekday() < 5 for n in range(1, (b - a).days + 1))


def met_by(case: Case, count: Callable[[date, date], int], facts: Facts) -> bool:
    """Whether a case would be met, were the days to its limit counted so."""
    clock, reached = (
        case.starts_on if facts.by_event else case.done_on,
        facts.as_at if facts.period_start is None else case.done_on,
    )
    is_late = clock is None or reached is None or facts.limit is None or count(clock, reached) > facts.limit
    return is_late == facts.late_is_met


def other_days(claim: Claim, facts: Facts) -> bool:
    """Is every case of the list met or not as other days than working days say, two at least against the definition?"""
    if facts.limit is None:
        return False
    counted = [case for case in facts.now.values() if case.in_denominator]
    if any(met_by(case, working_days, facts) != case.in_numerator for case in counted):
        return False
    own = [
        (one.listed(NUMERATOR) > 0, one.case)
        for one in match(claim, facts)
        if one.case and one.case.in_denominator and one.listed(DENOMINATOR)
    ]
    return any(
        all(met == met_by(case, count, facts) for met, case in own)
        and sum(met != case.in_numerator for met, case in own) >= 2
        for count in (lambda a, b: (b - a).days, weekdays)
    )


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
    if facts.by_event and any(same_child(one.key, case.case_id, facts) for case in odd):
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
    if records and facts.root(child) in records.lost:
        return "MIGRATION"
    if facts.by_event or not known:
        return "MANUAL_ONLY"
    return "SCOPE" if any(facts.status[name] for name in known) else "UNEXPLAINED"


def too_many(
    one: Matched, case: Case, team: str | None, measure: str, facts: Facts, by_other_days: bool = False
) -> str:
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
    if by_other_days and case.in_denominator and measure == NUMERATOR:
        return "CALENDAR"
    if left_out(one, measure, facts):
        return "EXTRACT_RULE"
    return "UNEXPLAINED" if case.state is None and case.outside is None else "VALUE"


def matched_item(
    one: Matched,
    case: Case,
    team: str | None,
    measure: str,
    facts: Facts,
    listed_by_others: set[str],
    by_other_days: bool = False,
) -> tuple[int, str] | None:
    """Effect and reason of a listed case that the system knows; None where there is nothing to say."""
    manual = one.listed(measure) > 0
    system = case.holds(measure) and (team is None or case.team == team)
    if manual and not system:
        return -1, too_many(one, case, team, measure, facts, by_other_days)
    if system and not manual:
        others = team is not None and case.case_id in listed_by_others
        days = by_other_days and case.in_denominator and measure == NUMERATOR
        otherwise = "TEAM" if others else "CALENDAR" if days else "VALUE"
        return 1, "LATE_RECORDED" if late(case, measure, facts) else otherwise
    if system and late(case, measure, facts):
        return 0, "LATE_RECORDED"
    return (0, "IDENTITY") if manual and one.how in ("zeros", "link", "near") else None


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
    elsewhere_listed = {
        one.case.case_id
        for other in others
        if other.team != claim.team
        for one in match(in_cases(other, facts)[0], facts)
        if one.case is not None and one.listed(DENOMINATOR)
    }
    claim, turned = in_cases(claim, facts)
    matched, by_other_days = match(claim, facts), other_days(claim, facts)
    items: list[Item] = []
    for measure in measures:
        manual, system = claim.count(measure), system_count(team, measure, facts)
        if not claim.comparable:
            items.append(Item(None, claim.team, measure, system - manual, "SCOPE"))
            continue
        items += listed_items(matched, claim.team, team, measure, facts, elsewhere_listed, by_other_days)
        held = {one.case.case_id for one in matched if one.case is not None}
        left = [
            case
            for case in facts.now.values()
            if case.holds(measure) and (team is None or case.team == team) and case.case_id not in held
        ]
        unlisted = manual - sum(row.holds(measure) for row in claim.rows)
        if turned:
            unlisted = manual - len(turned.listed(measure))
            units_left = turned.left(left, measure) if unlisted else set()
            cases = sum(row.holds(measure) for row in claim.rows) + (len(left) if unlisted else 0)
            line = cases - len(turned.listed(measure)) - len(units_left)
            items.append(Item(None, claim.team, measure, line, "SCOPE"))
            if unlisted:
                items.append(Item(None, claim.team, measure, len(units_left) - unlisted, "MANUAL_NOT_LISTED"))
        elif unlisted:
            items.append(Item(None, claim.team, measure, len(left) - unlisted, "MANUAL_NOT_LISTED"))
        if not unlisted:
            items += [
                Item(case.case_id, claim.team, measure, 1, missing(case, team, measure, facts, elsewhere_listed, held))
                for case in left
            ]
    return items


def in_cases(claim: Claim, facts: Facts) -> tuple[Claim, units.Turned | None]:
    """A claim in families or meetings as one in cases; not comparable where it cannot be one."""
    if claim.unit is None or not claim.comparable:
        return claim, None
    turned = units.turned(claim, facts, meant)
    return (turned.claim, turned) if turned else (claim._replace(comparable=False), None)


def listed_items(
    matched: list[Matched],
    label: str,
    team: str | None,
    measure: str,
    facts: Facts,
    others: set[str],
    by_other_days: bool = False,
) -> list[Item]:
    """The items of the rows that the list has."""
    items: list[Item] = []
    for one in matched:
        name = one.case.case_id if one.case else one.key
        if one.listed(measure) > 1:
            items.append(Item(name, label, measure, 1 - one.listed(measure), "DUPLICATE_MANUAL"))
        if one.case is not None:
            found = matched_item(one, one.case, team, measure, facts, others, by_other_days)
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
