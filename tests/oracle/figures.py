"""The fifteen indicators over extracts of typed rows, case by case.

Written from the definitions alone. One function an indicator says what a row is; the frame says which rows are looked
at. Not here: reading files (`population.typed`), sums, bridges.

Truth is three-valued: True, False, and None where an unusable date leaves it open. An open denominator is
`not_countable`.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from tests.oracle.cells import UNUSABLE, Cell, Row, add_working_days, working_days, years_before

Truth = bool | None


@dataclass(frozen=True)
class Extract:
    """What one extract date's files said: rows of each list in the order they came, newest delivery last."""

    extracted_on: date
    lists: dict[str, list[Row]] = field(default_factory=dict)


class Member(NamedTuple):
    """One case. `state` is None outside the cohort."""

    in_denominator: bool
    in_numerator: bool
    state: str | None
    team: str | None


CHILD = "child_unique_id"
PLAN_START, PLAN_END = "child_protection_plan_start_date", "child_protection_plan_end_date"
VISIT, CHECK = "date_of_the_last_statutory_visit", "date_of_last_dental_check"
DISCUSSION = "strategy_discussion_initiating_section_47_enquiry_start_date"
CONFERENCE = "date_of_initial_child_protection_conference"
START, AUTHORISED = "continuous_assessment_start_date", "continuous_assessment_date_of_authorisation"

# The date without which a row is rejected; of lists by event it is part of the key too.
REQUIRED = {
    "list_03": "date_of_referral",
    "list_04": START,
    "list_05": DISCUSSION,
    "list_06": "cin_start_date",
    "list_07": PLAN_START,
    "list_08": "date_started_to_be_looked_after",
}
BY_EVENT = {"list_03", "list_04", "list_05"}
PERIOD = {"FD5", "AS1", "AS2", "CP3", "PP7"}


# --- three-valued logic
def every(*truths: Truth) -> Truth:
    """False if one is; else open if one is."""
    return False if False in truths else None if None in truths else True


def negated(truth: Truth) -> Truth:
    """Not, and open stays open."""
    return None if truth is None else not truth


def by(day: Cell, limit: date) -> Truth:
    """Has it happened by `limit`? Blank has not."""
    if day is UNUSABLE:
        return None
    return isinstance(day, date) and day <= limit


def began_by(day: Cell, limit: date) -> Truth:
    """As `by`, but a beginning that is blank is as unusable as one that is unreadable."""
    return None if day is None else by(day, limit)


def during(day: Cell, first: date, last: date) -> Truth:
    """Within the period?"""
    return every(by(day, last), negated(by(day, date.fromordinal(first.toordinal() - 1))))


def open_on(row: Row, start: str, end: str, day: date) -> Truth:
    """start <= day and (no end or end > day)."""
    return every(began_by(row.get(start), day), negated(by(row.get(end), day)))


# --- rows and extracts
@dataclass(frozen=True)
class Listed:
    """One list of one extract: the rows that count by case, and the rejected rows that name a child."""

    extracted_on: date
    loaded: dict[str, Row]
    rejected: dict[str, list[Row]]


def listed(name: str, extracted_on: date, rows: list[Row]) -> Listed:
    """Exact duplicates once, of conflicting ones the last; rows without their required date apart."""
    loaded: dict[str, Row] = {}
    rejected: dict[str, list[Row]] = {}
    for number, row in enumerate(rows):
        child, required = row.get(CHILD), row.get(REQUIRED[name])
        if not isinstance(child, str):
            continue
        if isinstance(required, date):
            loaded[f"{child}/{required}" if name in BY_EVENT else child] = row
        else:
            place = row.get("source_row") or str(number + 2)
            rejected.setdefault(f"{child}/unusable:{place}" if name in BY_EVENT else child, []).append(row)
    return Listed(extracted_on, loaded, rejected)


def history(name: str, as_at: date, extracts: list[Extract], basis: str) -> list[Listed]:
    """Every extract of the list up to the basis, oldest first; deliveries of one date are one extract.

    A delivery without a single usable row is rejected and is no extract.
    """
    rows: dict[date, list[Row]] = {}
    for extract in extracts:
        if name in extract.lists and listed(name, extract.extracted_on, extract.lists[name]).loaded:
            rows.setdefault(extract.extracted_on, []).extend(extract.lists[name])
    days = sorted(rows)
    if basis == "at_hand":
        on_or_after = [day for day in days if day >= as_at]
        days = [day for day in days if day < as_at] + on_or_after[:1]
    return [listed(name, day, rows[day]) for day in days]


class Sight(NamedTuple):
    """What the extracts say about a last event: seen, none, unusable, proved or overtaken, and the row that says so."""

    kind: str
    row: Row


def last_event(
    child: str, column: str, as_at: date, past: list[Listed], qualifies: Callable[[date], bool] | None
) -> Sight:
    """The last visit or check up to as_at, from the newest extract that can still tell."""
    row = past[-1].loaded[child]
    if row.get(column) is None:
        return Sight("none", row)
    if row.get(column) is UNUSABLE:
        return Sight("unusable", row)
    for extract in reversed([one for one in past if one is past[-1] or one.extracted_on >= as_at]):
        shown = extract.loaded.get(child)
        if shown is None:
            continue
        if shown.get(column) is None:
            return Sight("none", shown)
        if by(shown.get(column), as_at):
            return Sight("seen", shown)
    for extract in past:
        shown = extract.loaded.get(child)
        if extract.extracted_on < as_at and shown is not None and qualifies is not None:
            day = shown.get(column)
            if isinstance(day, date) and day <= as_at and qualifies(day):
                return Sight("proved", shown)
    return Sight("overtaken", row)


# --- one row, judged
@dataclass(frozen=True)
class Look:
    """What a row is judged against."""

    as_at: date
    first: date
    past: list[Listed]
    plans: Listed | None
    basis_has: bool


class Verdict(NamedTuple):
    """Whether a row is in the denominator, and its state if it is; `state` None: in neither and not said."""

    denominator: Truth
    state: str | None


def met(truth: bool) -> str:
    """Two of the six states."""
    return "met" if truth else "not_met"


def day_of(row: Row, column: str) -> date:
    """The date of a column that is known to hold one."""
    value = row[column]
    assert isinstance(value, date)
    return value


def at_least(row: Row, column: str, least: int) -> str:
    """Whether a number reaches `least`; blank is 0."""
    value = row.get(column)
    return "unusable" if value is UNUSABLE else met(isinstance(value, int) and value >= least)


def pp0(row: Row, look: Look) -> Verdict:
    """On a plan at D."""
    return Verdict(open_on(row, PLAN_START, PLAN_END, look.as_at), "met")


def looked_after(row: Row, look: Look) -> Truth:
    """Looked after at D, short breaks apart."""
    short_break = row.get("childs_legal_status") in ("V3", "V4")
    return every(
        open_on(row, "date_started_to_be_looked_after", "date_ceased_to_be_looked_after", look.as_at), not short_break
    )


def la0(row: Row, look: Look) -> Verdict:
    """Looked after at D."""
    return Verdict(looked_after(row, look), "met")


def cn0(row: Row, look: Look) -> Verdict:
    """An open episode of need."""
    return Verdict(open_on(row, "cin_start_date", "cin_closure_date", look.as_at), "met")


def fd5(row: Row, look: Look) -> Verdict:
    """Referred in P, answered; NFA is yes. An answer that cannot be read leaves open whether there is one."""
    day, answer = row.get("date_of_referral"), row.get("referral_nfa")
    referred = None if day is None else during(day, look.first, look.as_at)
    if answer is None:
        return Verdict(False, "pending" if referred else None)
    return Verdict(every(referred, None if answer is UNUSABLE else True), met(answer is True))


def timely(row: Row, start: str, end: str, limit: int) -> str:
    """Done within `limit` working days of its start; a row without a usable start is rejected and never asked."""
    if not (isinstance(row.get(start), date) and isinstance(row.get(end), date)):
        return "not_met"
    return met(working_days(day_of(row, start), day_of(row, end)) <= limit)


def as1(row: Row, look: Look) -> Verdict:
    """Authorised in P; within 45 working days."""
    return Verdict(during(row.get(AUTHORISED), look.first, look.as_at), timely(row, START, AUTHORISED, 45))


def as2(row: Row, look: Look) -> Verdict:
    """Due in P; authorised by the due date."""
    if not isinstance(row.get(START), date):
        return Verdict(None, None)
    due, done = add_working_days(day_of(row, START), 45), row.get(AUTHORISED)
    state = "unusable" if done is UNUSABLE else met(bool(by(done, min(due, look.as_at))))
    return Verdict(during(due, look.first, look.as_at), state)


def as3(row: Row, look: Look) -> Verdict:
    """Open at D; more than 45 working days old."""
    started = began_by(row.get(START), look.as_at)
    late = bool(started) and working_days(day_of(row, START), look.as_at) > 45
    return Verdict(every(started, negated(by(row.get(AUTHORISED), look.as_at))), met(late))


def cp3(row: Row, look: Look) -> Verdict:
    """Conference held in P; within 15 working days of the discussion."""
    return Verdict(during(row.get(CONFERENCE), look.first, look.as_at), timely(row, DISCUSSION, CONFERENCE, 15))


def on_plan_then(child: Cell, discussed: Cell, plans: Listed | None) -> Truth:
    """Was the child on a plan on the day of the discussion, as List 7 has it?"""
    if plans is None or not isinstance(child, str):
        return False
    rows = [plans.loaded[child]] if child in plans.loaded else []
    rows += plans.rejected.get(child, [])
    if not isinstance(discussed, date):
        return None if rows else False
    on_plan = [open_on(row, PLAN_START, PLAN_END, discussed) for row in rows]
    return True if True in on_plan else None if None in on_plan else False


def cp4(row: Row, look: Look) -> Verdict:
    """A discussion with no outcome by D; more than 15 working days old."""
    discussed = began_by(row.get(DISCUSSION), look.as_at)
    unnecessary = row.get("was_an_initial_child_protection_conference_deemed_unnecessary")
    late = bool(discussed) and working_days(day_of(row, DISCUSSION), look.as_at) > 15
    denominator = every(
        discussed,
        negated(by(row.get(CONFERENCE), look.as_at)),
        None if unnecessary is UNUSABLE else unnecessary is not True,
        negated(on_plan_then(row.get(CHILD), row.get(DISCUSSION), look.plans)),
    )
    return Verdict(denominator, met(late))


def seen_state(sight: Sight, column: str, qualifies: Callable[[date], bool]) -> str:
    """The state that a last event leads to."""
    if sight.kind == "none":
        return "not_met"
    if sight.kind == "proved":
        return "met"
    return met(qualifies(day_of(sight.row, column))) if sight.kind == "seen" else sight.kind


def recent(row: Row, look: Look, column: str, qualifies: Callable[[date], bool]) -> str:
    """Whether the last event is recent enough."""
    return seen_state(last_event(str(row[CHILD]), column, look.as_at, look.past, qualifies), column, qualifies)


def pp1(row: Row, look: Look) -> Verdict:
    """On a plan for more than ten working days; visited in the last ten."""
    start = row.get(PLAN_START)
    old = working_days(start, look.as_at) > 10 if isinstance(start, date) else None
    denominator = every(open_on(row, PLAN_START, PLAN_END, look.as_at), old)
    if not look.basis_has:
        return Verdict(denominator, None)
    return Verdict(denominator, recent(row, look, VISIT, lambda day: working_days(day, look.as_at) <= 10))


def pp3(row: Row, look: Look) -> Verdict:
    """On a plan, born, a visit recorded; it is readable and the child was seen alone."""
    born = True if row.get("date_of_birth") is None else by(row.get("date_of_birth"), look.as_at)
    cohort = every(open_on(row, PLAN_START, PLAN_END, look.as_at), born)
    if not look.basis_has:
        return Verdict(every(cohort, row.get(VISIT) is not None), None)
    sight = last_event(str(row[CHILD]), VISIT, look.as_at, look.past, None)
    answer = sight.row.get("was_the_child_seen_alone")
    alone = "unusable" if answer is UNUSABLE else met(answer is True)
    return Verdict(every(cohort, sight.kind != "none"), alone if sight.kind == "seen" else sight.kind)


def pp6(row: Row, look: Look) -> Verdict:
    """On a plan at D; for two years."""
    return Verdict(
        open_on(row, PLAN_START, PLAN_END, look.as_at), met(bool(by(row.get(PLAN_START), years_before(look.as_at, 2))))
    )


def pp7(row: Row, look: Look) -> Verdict:
    """Plan started in P; not the first."""
    start = row.get(PLAN_START)
    started = None if start is None else during(start, look.first, look.as_at)
    return Verdict(started, at_least(row, "number_of_previous_child_protection_plans", 1))


def la4(row: Row, look: Look) -> Verdict:
    """Looked after; three or more placements."""
    return Verdict(looked_after(row, look), at_least(row, "number_of_placements_in_the_last_12_months", 3))


def la8(row: Row, look: Look) -> Verdict:
    """Looked after; a dental check in the last 12 months."""
    if not look.basis_has:
        return Verdict(looked_after(row, look), None)
    return Verdict(
        looked_after(row, look), recent(row, look, CHECK, lambda day: years_before(look.as_at, 1) < day <= look.as_at)
    )


INDICATORS: dict[str, tuple[str, Callable[[Row, Look], Verdict]]] = {
    "PP0": ("list_07", pp0),
    "LA0": ("list_08", la0),
    "CN0": ("list_06", cn0),
    "FD5": ("list_03", fd5),
    "AS1": ("list_04", as1),
    "AS2": ("list_04", as2),
    "AS3": ("list_04", as3),
    "CP3": ("list_05", cp3),
    "CP4": ("list_05", cp4),
    "PP1": ("list_07", pp1),
    "PP3": ("list_07", pp3),
    "PP6": ("list_07", pp6),
    "PP7": ("list_07", pp7),
    "LA4": ("list_08", la4),
    "LA8": ("list_08", la8),
}


def state_of(verdict: Verdict, *, rejected: bool) -> str | None:
    """A rejected row is never in a figure: it is not countable wherever it could have been."""
    if verdict.denominator is None or (rejected and verdict.denominator):
        return "not_countable"
    if verdict.denominator:
        return verdict.state
    return "pending" if verdict.state == "pending" and not rejected else None


def member(state: str | None, row: Row) -> Member:
    """The case in its state."""
    team = row.get("allocated_team")
    return Member(
        state in ("met", "not_met", "unusable"),
        state == "met",
        state,
        " ".join(team.split()) if isinstance(team, str) else None,
    )


def members(indicator_id: str, as_at: date, extracts: list[Extract], basis: str = "now") -> dict[str, Member]:
    """Every case of the list at as_at, those outside the cohort with state None.

    Nothing for a period indicator whose as_at is no month's last day, nor where no extract has the list.
    """
    name, judge = INDICATORS[indicator_id]
    past = history(name, as_at, extracts, basis)
    month_end = as_at.day == calendar.monthrange(as_at.year, as_at.month)[1]
    if not past or (indicator_id in PERIOD and not month_end):
        return {}
    plans = history("list_07", as_at, extracts, basis)
    look = Look(as_at, as_at.replace(day=1), past, plans[-1] if plans else None, basis_has=True)
    found = {case: member(state_of(judge(row, look), rejected=False), row) for case, row in past[-1].loaded.items()}
    decided = {case for case, loaded in found.items() if loaded.state is not None}
    blind = Look(look.as_at, look.first, [], look.plans, basis_has=False)
    for case, rows in past[-1].rejected.items():
        for row in rows:
            state = state_of(judge(row, blind), rejected=True)
            # A loaded row that has a state decides; else the last rejected row that could be in the figure.
            if case not in found or (case not in decided and state is not None):
                found[case] = member(state, row)
    return found
