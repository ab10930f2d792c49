"""The front door, assessments, enquiries and plans of need over conformed rows, case by case, in plain loops.

Written from the definitions alone. A row is a dictionary of columns; a date that cannot be used is blank, with its `…_unusable` true.
Each function gives the state of every case inside the cohort, or waiting outside it. Not here: sums, files, teams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from tests.oracle.cells import add_working_days, working_days, years_before

Row = dict[str, Any]
Tables = dict[str, list[Row]]
States = dict[str, str]


@dataclass(frozen=True)
class Look:
    """The conformed tables, the date, and the first day of the period."""

    tables: Tables
    as_at: date
    first: date

    @cached_property
    def children(self) -> dict[tuple[str, str], list[Row]]:
        """The rows of each table by the child that they name."""
        found: dict[tuple[str, str], list[Row]] = {}
        for name, rows in self.tables.items():
            for row in rows:
                found.setdefault((name, row["person_id"]), []).append(row)
        return found

    def of(self, table: str, child: str) -> list[Row]:
        """The rows of a table that name a child."""
        return self.children.get((table, child), [])

    def in_period(self, day: date) -> bool:
        """Whether a day lies in the period."""
        return self.first <= day <= self.as_at


def origin(row: Row) -> tuple[date, str, str]:
    """What makes one of two rows the newer."""
    return row["extracted_on"], row["delivery_id"], row["source_row"]


def events(rows: Iterable[Row], start: str) -> dict[str, Row]:
    """The newest row of each event."""
    found: dict[str, Row] = {}
    for row in sorted(rows, key=origin):
        found[f"{row['person_id']}/{row[start] or 'unusable:' + row['source_row']}"] = row
    return found


def yes(truth: bool) -> str:
    """Two of the states."""
    return "met" if truth else "not_met"


def counted(table: str, start: str) -> Callable[[Look], States]:
    """Every event of the period; one without a usable date is in none."""

    def states(look: Look) -> States:
        return {
            case: "met" if row[start] else "not_countable"
            for case, row in events(look.tables[table], start).items()
            if row[start] is None or look.in_period(row[start])
        }

    return states


def fd1c(look: Look) -> States:
    """Of the month's contacts with an outcome, those that became a referral."""
    found: States = {}
    for case, row in events(look.tables["contact_outcomes"], "contact_date").items():
        day, outcome = row["contact_date"], row["contact_outcome"]
        if day is not None and not look.in_period(day):
            continue
        if outcome is None and not row["contact_outcome_unusable"]:
            if day is not None:
                found[case] = "pending"
        else:
            found[case] = "not_countable" if day is None or outcome is None else yes(outcome == "referral")
    return found


def fd2(look: Look) -> States:
    """Decided by the first working day after it came, of those due in the month."""
    found: States = {}
    for case, row in events(look.tables["contact_decisions"], "contact_date").items():
        if row["contact_date"] is None:
            found[case] = "not_countable"
        elif look.in_period(due := add_working_days(row["contact_date"], 1)):
            decided = row["decision_date"]
            found[case] = "unusable" if row["decision_date_unusable"] else yes(decided is not None and decided <= due)
    return found


def again(own: list[Row], start: str, number: str, row: Row) -> str:
    """Whether an event has another of the child in the twelve months before it, by the list or by the number beside the latest."""
    day = row[start]
    others = {other[start] for other in own if other[start]}
    if any(years_before(day, 1) <= other < day for other in others):
        return "met"
    if row[f"{number}_unusable"]:
        return "unusable"
    if (row[number] or 0) == 0:
        return "not_met"
    return "met" if day == max(others) else "overtaken"


def fd4(look: Look) -> States:
    """Referrals of the month, of children referred in the twelve months before."""

    def judge(row: Row) -> str:
        if row["referral_date"] is None:
            return "not_countable"
        return again(look.of("referrals", row["person_id"]), "referral_date", "referrals_last_12_months", row)

    return {
        case: judge(row)
        for case, row in events(look.tables["referrals"], "referral_date").items()
        if row["referral_date"] is None or look.in_period(row["referral_date"])
    }


def by_child(table: str, start: str, number: str) -> Callable[[Look], States]:
    """Children with an event in the period, by the last of it."""

    def states(look: Look) -> States:
        found: States = {}
        for child in {row["person_id"] for row in look.tables[table]}:
            own = list(events(look.of(table, child), start).values())
            inside = [row for row in own if row[start] and look.in_period(row[start])]
            if inside:
                found[child] = again(own, start, number, max(inside, key=lambda row: row[start]))
            elif any(row[start] is None for row in own):
                found[child] = "not_countable"
        return found

    return states


# --- assessments
START, DONE = "assessment_start_date", "assessment_auth_date"


def assessments(look: Look) -> dict[str, Row]:
    """Every assessment once."""
    return events(look.tables["cin_assessments"], START)


def open_ones(look: Look) -> Iterable[tuple[str, Row, bool]]:
    """Assessments open at the date, and whether that can be said."""
    for case, row in assessments(look).items():
        done = row[DONE] is not None and row[DONE] <= look.as_at
        later = row[START] is not None and row[START] > look.as_at
        if not done and not later:
            yield case, row, row[START] is not None and not row[f"{DONE}_unusable"]


def as0(look: Look) -> States:
    """Open."""
    return {case: "met" if known else "not_countable" for case, _, known in open_ones(look)}


def age_of_open(look: Look) -> dict[str, float]:
    """For how many working days each has been open."""
    return {case: float(working_days(row[START], look.as_at)) for case, row, known in open_ones(look) if known}


def finished(look: Look, judge: Callable[[str, Row], str]) -> States:
    """Assessments authorised in the period, judged; what is under way waits."""
    found: States = {}
    for case, row in assessments(look).items():
        if row[DONE] is not None and row[DONE] < look.first:
            continue
        if row[f"{DONE}_unusable"]:
            found[case] = "not_countable"
        elif row[DONE] is not None and row[DONE] <= look.as_at:
            found[case] = judge(case, row) if row[START] else "not_countable"
        elif row[START] is not None and row[START] <= look.as_at:
            found[case] = "pending"
    return found


def referral_of(look: Look, row: Row) -> date | None:
    """The referral that an assessment belongs to."""
    if row["referral_date"] is not None and row["referral_date"] <= row[START]:
        return date.fromisoformat(str(row["referral_date"]))
    days = [
        one["referral_date"]
        for one in look.of("referrals", row["person_id"])
        if one["referral_date"] and one["referral_date"] <= row[START] and one["referral_nfa"] != "yes"
    ]
    return max(days, default=None)


def chain_of(look: Look, row: Row) -> list[Row]:
    """The assessments of the same referral up to and including this one, in their order."""
    referral = referral_of(look, row)
    own = events(look.of("cin_assessments", row["person_id"]), START).values()
    same = [one for one in own if one[START] and one[START] <= row[START]]
    return sorted((one for one in same if referral_of(look, one) == referral), key=lambda one: one[START])


def follows_unfinished(before: Row, row: Row) -> bool | None:
    """Whether an assessment is a restart of the one before it; None where nobody can say."""
    if before[f"{DONE}_unusable"]:
        return None
    return before[DONE] is None or before[DONE] > row[START]


def clock(look: Look, row: Row) -> date:
    """When the waiting began."""
    referral, chain = referral_of(look, row), chain_of(look, row)
    since: date = row[START]
    if referral is None:
        return since
    while len(chain) > 1 and follows_unfinished(chain[-2], chain[-1]):
        since = chain[-2][START]
        chain.pop()
    return referral if len(chain) == 1 else since


def restarted(look: Look, row: Row) -> bool | None:
    """Whether an assessment began anew."""
    chain = chain_of(look, row)
    if referral_of(look, row) is None or len(chain) < 2:
        return False
    return follows_unfinished(chain[-2], row)


def as1r(look: Look) -> States:
    """In time from the referral."""

    def judge(_: str, row: Row) -> str:
        in_time = working_days(clock(look, row), row[DONE]) <= 45
        return "unusable" if in_time and restarted(look, row) is None else yes(in_time)

    return finished(look, judge)


def as4(look: Look) -> States:
    """Accepted referrals of the last half year, older than five working days, with nothing begun."""
    found: States = {}
    for case, row in events(look.tables["referrals"], "referral_date").items():
        day, answer = row["referral_date"], row["referral_nfa"]
        if day is not None and (day > look.as_at or day < look.as_at - timedelta(days=182)):
            continue
        if answer == "yes":
            continue
        if answer is None and not row["referral_nfa_unusable"]:
            if day is not None:
                found[case] = "pending"
        elif day is not None and working_days(day, look.as_at) <= 5:
            found[case] = "pending"
        elif day is None or answer is None:
            found[case] = "not_countable"
        else:
            found[case] = waiting(look, row["person_id"], day)
    return found


def waiting(look: Look, child: str, referred: date) -> str:
    """Whether nothing was begun for a child since a referral."""
    unknown = False
    for one in look.of("cin_assessments", child):
        if one[START] is None:
            unknown |= one[f"{START}_unusable"]
        elif referred <= one[START] <= look.as_at:
            return "not_met"
        elif one[START] < referred:
            if one[f"{DONE}_unusable"]:
                unknown = True
            elif one[DONE] is None or one[DONE] >= referred:
                return "not_met"
    for one in look.of("s47_enquiry", child):
        if one["s47_start_date"] is None:
            unknown |= one["s47_start_date_unusable"]
        elif referred <= one["s47_start_date"] <= look.as_at:
            return "not_met"
    return "unusable" if unknown else "met"


def as5(look: Look) -> States:
    """Seen."""
    return finished(look, lambda _, row: yes(row["assessment_child_seen"] == "yes"))


def as6(look: Look) -> States:
    """Ended with nothing, or early help."""

    def judge(_: str, row: Row) -> str:
        for one in look.of("cin_episodes", row["person_id"]):
            closed = one["cin_close_date"]
            began_before = one["cin_start_date"] is None or one["cin_start_date"] <= row[START]
            in_time = closed is not None and row[START] <= closed <= look.as_at
            if one["cin_close_reason"] in ("RC8", "RC9") and in_time and began_before:
                return "met"
        return "pending" if row["assessed_in_need"] is None else yes(row["assessed_in_need"] == "no")

    return finished(look, judge)


def as7(look: Look) -> States:
    """Children with a restart in the period."""
    found: States = {}
    for child in {row["person_id"] for row in look.tables["cin_assessments"]}:
        own = events(look.of("cin_assessments", child), START).values()
        said = [restarted(look, row) for row in own if row[START] and look.in_period(row[START])]
        if said:
            found[child] = "met" if True in said else "unusable" if None in said else "not_met"
        elif any(row[START] is None for row in own):
            found[child] = "not_countable"
    return found


def as8(look: Look) -> States:
    """Two or more allocated workers while it ran."""

    def judge(_: str, row: Row) -> str:
        workers: dict[str, set[str]] = {}
        for one in look.of("involvements", row["person_id"]):
            began, ended = one["involvement_start_date"], one["involvement_end_date"]
            held = began is not None and began <= row[DONE] and (ended is None or ended > row[START])
            allocated = one["professional_role_id"] in (None, "allocated")
            if held and allocated and not one["involvement_end_date_unusable"] and one["professional_id"]:
                workers.setdefault(one["contract"], set()).add(one["professional_id"])
        most = max(map(len, workers.values()), default=0)
        return "unusable" if most == 0 else yes(most > 1)

    return finished(look, judge)


def is_open(start: date | None, end: date | None, end_unusable: bool, day: date) -> bool | None:
    """Whether something with a start and an end stands open on a day; None where a date leaves it unsaid."""
    if (end is not None and end <= day) or (start is not None and start > day):
        return False
    return None if start is None or end_unusable else True


def episode_open(row: Row, day: date) -> bool | None:
    """Whether an episode of need is open on a day."""
    return is_open(row["cin_start_date"], row["cin_close_date"], row["cin_close_date_unusable"], day)


def asc(look: Look) -> States:
    """Open assessments of children without an open episode."""
    found: States = {}
    for case, row, known in open_ones(look):
        episodes = look.of("cin_episodes", row["person_id"])
        said = [episode_open(one, look.as_at) for one in episodes]
        closed = any(one["cin_close_date"] and one["cin_close_date"] <= look.as_at for one in episodes)
        if not known:
            found[case] = "not_countable"
        elif True in said:
            found[case] = "not_met"
        else:
            found[case] = "met" if closed and None not in said else "unusable"
    return found


INDICATORS: dict[str, Callable[[Look], States]] = {
    "FD1": counted("contacts", "contact_date"),
    "FD1C": fd1c,
    "FD2": fd2,
    "FD3": counted("referrals", "referral_date"),
    "FD4": fd4,
    "FD4C": by_child("referrals", "referral_date", "referrals_last_12_months"),
    "AS0": as0,
    "AS3A": as0,
    "AS1R": as1r,
    "AS4": as4,
    "AS5": as5,
    "AS6": as6,
    "AS7": as7,
    "AS8": as8,
    "ASC": asc,
}
