"""Figures on pre-proceedings and care proceedings over conformed rows, in plain loops.

Written from the definitions alone; what a row and a case are is said in `figures_plans`. Not here: sums, files, teams.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tests.oracle.cells import add_working_days, working_days
from tests.oracle.figures_plans import (
    Cases,
    Found,
    Look,
    Row,
    age,
    case,
    children,
    plan_at,
    plan_that_decides,
    standing_at,
)

START = "pre_pro_start_date"
DECIDED, APPLIED = "agree_stepdown_issue_date", "court_application_date"
OUTCOMES = {"step_down": "step_down", "Issue proceedings": "issue", "extended": "extended", None: None}
FILINGS = ("filing_evidence", "filing_care_plan", "filing_assessment", "other_filing")


def ended(row: Row) -> date | None:
    """The day of the decision or of the application; a decision to go on ends nothing."""
    decided = None if OUTCOMES[row["pre_pro_outcome"]] == "extended" else row[DECIDED]
    return min((day for day in (decided, row[APPLIED]) if day), default=None)


def stands(row: Row, day: date) -> str:
    """How pre-proceedings stand at a day."""
    end = ended(row)
    return standing_at(row[START], end, end is None and (row[f"{DECIDED}_unusable"] or row[f"{APPLIED}_unusable"]), day)


def times(look: Look, child: str | None = None) -> list[Row]:
    """Each time in pre-proceedings once; one without a start only where the child has no other."""
    found: list[Row] = []
    for one in children(look.of("pre_proceedings", child)):
        by_start = {row[START]: row for row in sorted(look.of("pre_proceedings", one), key=age)}
        found += [row for start, row in by_start.items() if start is not None] or list(by_start.values())
    return found


def by_key(look: Look, key: Callable[[Row], str], judge: Callable[[Row], Found | None]) -> Cases:
    """The times that decide of each child or family, an open or unknown one first, then one with a start, then the oldest."""
    groups: dict[str, list[Row]] = {}
    for row in sorted(times(look), key=age, reverse=True):
        groups.setdefault(key(row), []).append(row)
    found: Cases = {}
    for name, rows in groups.items():
        row = min(
            rows,
            key=lambda r: (stands(r, look.as_at) in ("closed", "not_begun"), r[START] is None, r[START] or date.max),
        )
        how = stands(row, look.as_at)
        if how == "unknown":
            found[name] = Found("not_countable")
        elif how == "open" and (said := judge(row)):
            found[name] = said
    return found


def of_children(judge: Callable[[Look, Row], Found | None]) -> Callable[[Look], Cases]:
    """A figure over the children in pre-proceedings."""
    return lambda look: by_key(look, lambda row: str(row["person_id"]), lambda row: judge(look, row))


def families(look: Look) -> Cases:
    """Families in pre-proceedings."""
    return by_key(look, lambda row: str(row["family_id"] or row["person_id"]), lambda row: Found("met"))


def weeks(look: Look, row: Row) -> Found:
    """Weeks so far."""
    return Found("met", (look.as_at - row[START]).days / 7)


def longer_than(limit: int) -> Callable[[Look, Row], Found]:
    """Over so many weeks."""
    return lambda look, row: Found("met" if (look.as_at - row[START]).days > 7 * limit else "not_met")


def reviewed(look: Look, row: Row) -> Found:
    """A review within six weeks."""
    last = row["last_review_meeting_date"]
    meeting = row["initial_pre_pro_meeting_date"]
    since = max(row[START], meeting) if meeting and meeting <= look.as_at else row[START]
    if row["last_review_meeting_date_unusable"]:
        return Found("unusable")
    if (last is None or last > look.as_at) and (look.as_at - since).days <= 42:
        return Found("pending")
    if last is not None and last > look.as_at:
        return Found("overtaken")
    return Found("met" if last is not None and (look.as_at - last).days <= 42 else "not_met")


def to_issue(row: Row) -> bool:
    """Whether it was decided to issue."""
    return OUTCOMES[row["pre_pro_outcome"]] == "issue" or row[APPLIED] is not None


def completed(
    begin: str, end: str, limit: int, asks: Callable[[Row], bool] = lambda row: True
) -> Callable[[Look], Cases]:
    """What was done in the period, in time or not."""

    def figure(look: Look) -> Cases:
        found: Cases = {}
        for row in times(look):
            first, done, blank = row[begin], row[end], row[end] is None and not row[f"{end}_unusable"]
            name = case(row["person_id"], row[START], row)
            if (done and done < look.first) or (first and first > look.as_at) or not asks(row):
                continue
            if blank or (done and done > look.as_at):
                if first is not None:
                    found[name] = Found("pending")
            elif first is None or done is None:
                found[name] = Found("not_countable")
            else:
                found[name] = Found("met" if working_days(first, done) <= limit else "not_met")
        return found

    return figure


def fallen_due(
    begin: str, end: str, limit: int, asks: Callable[[Row], bool] = lambda row: True, *, may_end: bool = True
) -> Callable[[Look], Cases]:
    """What fell due in the period, done by then or not."""

    def figure(look: Look) -> Cases:
        found: Cases = {}
        for row in times(look):
            first, done, blank = row[begin], row[end], row[end] is None and not row[f"{end}_unusable"]
            name, over = case(row["person_id"], row[START], row), ended(row) if may_end else None
            if (first and first > look.as_at) or not asks(row):
                continue
            if first is None:
                if not (blank and over and over <= look.first):
                    found[name] = Found("not_countable")
                continue
            due = add_working_days(first, limit)
            if blank and over and over <= min(due, look.as_at):
                continue
            if due > look.as_at:
                if done is None or done > look.as_at:
                    found[name] = Found("pending")
            elif due >= look.first:
                found[name] = Found(
                    "unusable" if row[f"{end}_unusable"] else "met" if done and done <= due else "not_met"
                )
        return found

    return figure


def has_letter(row: Row) -> bool:
    """Whether there is a letter from which to count, readable or not."""
    return row["pre_pro_letter_date"] is not None or bool(row["pre_pro_letter_date_unusable"])


def months_before(day: date, n: int) -> date:
    """The same day n months earlier, the month's last where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 - n, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


def pl5(look: Look) -> Cases:
    """Long plans, not escalated."""
    found: Cases = {}
    for child in children(look.of("cp_plans")):
        plan = plan_that_decides(look, child)
        how, start = plan_at(plan, look.as_at), plan["cp_plan_start_date"]
        if how in ("closed", "not_begun") or (start and start > months_before(look.as_at, 15)):
            continue
        rows = times(look, child)
        there = any(
            stands(r, look.as_at) == "open"
            or (r[APPLIED] and r[APPLIED] <= look.as_at)
            or ((end := ended(r)) and end <= look.as_at and OUTCOMES[r["pre_pro_outcome"]] == "issue")
            for r in rows
        )
        unclear = not there and any(stands(r, look.as_at) == "unknown" for r in rows)
        found[child] = Found(
            "not_countable" if how == "unknown" else "unusable" if unclear else "not_met" if there else "met"
        )
    return found


def pl5m(look: Look) -> Cases:
    """Months on a plan before pre-proceedings."""
    found: Cases = {}
    for row in times(look):
        start, name = row[START], case(row["person_id"], row[START], row)
        if start is None:
            found[name] = Found("not_countable")
        elif look.first <= start <= look.as_at:
            plans = look.of("cp_plans", row["person_id"])
            on = [p["cp_plan_start_date"] for p in plans if plan_at(p, start) == "open"]
            if on:
                found[name] = Found("met", (start - max(on)).days * 12 / 365.25)
            elif any(plan_at(p, start) == "unknown" for p in plans):
                found[name] = Found("not_countable")
    return found


def decided(wanted: str) -> Callable[[Look], Cases]:
    """What was decided in the period."""

    def figure(look: Look) -> Cases:
        found: Cases = {}
        for row in times(look):
            on, name = row[DECIDED] or row[APPLIED], case(row["person_id"], row[START], row)
            if (on and on < look.first) or (row[START] and row[START] > look.as_at):
                continue
            if (on and on > look.as_at) or (on is None and not row[f"{DECIDED}_unusable"]):
                if row[START]:
                    found[name] = Found("pending")
            elif on is None or row[START] is None:
                found[name] = Found("not_countable")
            else:
                came = OUTCOMES[row["pre_pro_outcome"]] or (
                    "issue" if row[APPLIED] and row[APPLIED] <= look.as_at else None
                )
                found[name] = Found("unusable" if came is None else "met" if came == wanted else "not_met")
        return found

    return figure


def proceedings(look: Look) -> dict[str, tuple[date | None, date | None, bool]]:
    """By child and day of issue: issued, concluded, and whether the end cannot be read."""
    groups: dict[tuple[str, date | None], list[Row]] = {}
    rows = look.standing("court_hearings")
    for row in rows:
        same = [
            r["issued_date"]
            for r in rows
            if r["person_id"] == row["person_id"] and r["court_case_number"] == row["court_case_number"]
        ]
        issued = row["issued_date"] or max((day for day in same if day), default=None)
        groups.setdefault((row["person_id"], issued), []).append(row)
    found = {}
    for (child, issued), members in groups.items():
        newest = max(
            members, key=lambda r: (r["extracted_on"], r["directed_date"] or date(1990, 1, 1), r["source_row"])
        )
        end = max((r["concluded_date"] for r in members if r["concluded_date"]), default=None)
        found[case(child, issued, newest)] = (
            issued,
            end,
            end is None and any(r["concluded_date_unusable"] for r in members),
        )
    return found


def pl8(look: Look) -> Cases:
    """Concluded in 26 weeks."""
    found: Cases = {}
    for name, (issued, end, unclear) in proceedings(look).items():
        if (end and end < look.first) or (issued and issued > look.as_at):
            continue
        if (end and end > look.as_at) or (end is None and not unclear):
            if issued:
                found[name] = Found("pending")
        elif issued is None or end is None:
            found[name] = Found("not_countable")
        else:
            found[name] = Found("met" if end <= issued + timedelta(weeks=26) else "not_met")
    return found


def pl8o(look: Look) -> Cases:
    """Open for over 26 weeks."""
    found: Cases = {}
    for name, (issued, end, unclear) in proceedings(look).items():
        if (end and end <= look.as_at) or (issued and issued > look.as_at):
            continue
        long = issued is not None and look.as_at > issued + timedelta(weeks=26)
        found[name] = Found("not_countable" if issued is None or unclear else "met" if long else "not_met")
    return found


def pl9(look: Look) -> Cases:
    """Filings that were late."""
    found: Cases = {}
    for row in sorted(look.standing("court_hearings"), key=age):
        due, done = row["directed_date"], row["done_date"]
        name = case(f"{row['person_id']}/{row['court_event'] or 'unknown'}", due, row)
        found.pop(name, None)
        if row["court_event"] not in FILINGS and not row["court_event_unusable"]:
            continue
        if row["adjourned"] == "yes" or (due and due < look.first):
            continue
        if due and due > look.as_at:
            if done is None or done > look.as_at:
                found[name] = Found("pending")
        elif due is None or row["court_event_unusable"]:
            found[name] = Found("not_countable")
        else:
            found[name] = Found(
                "unusable" if row["done_date_unusable"] else "met" if done is None or done > due else "not_met"
            )
    return found


LETTER, MEETING = "pre_pro_letter_date", "initial_pre_pro_meeting_date"
INDICATORS: dict[str, Callable[[Look], Cases]] = {
    "PL1": of_children(lambda look, row: Found("met")), "PL1F": families, "PL1W": of_children(weeks), "PL2": of_children(longer_than(16)),
    "PL2T": of_children(longer_than(12)), "PL3": completed(START, LETTER, 5), "PL3D": fallen_due(START, LETTER, 5),
    "PL3M": completed(LETTER, MEETING, 10), "PL3MD": fallen_due(LETTER, MEETING, 10, has_letter), "PL4": of_children(reviewed), "PL5": pl5,
    "PL5M": pl5m, "PL6": decided("step_down"), "PL6I": decided("issue"), "PL6E": decided("extended"),
    "PL7": completed(DECIDED, APPLIED, 10, to_issue), "PL7D": fallen_due(DECIDED, APPLIED, 10, to_issue, may_end=False), "PL8": pl8,
    "PL8O": pl8o, "PL9": pl9,
}  # fmt: skip
