"""Children in care and how they are seen, reviewed, housed and looked after: case by case, in plain loops over conformed rows.

Written from the definitions alone. A judgement is a state and what was measured. Not here: permanence (`figures_permanence`), sums.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from tests.oracle.cells import add_working_days, years_before
from tests.oracle.figures_front import Look, Row, events, yes

Judged = dict[str, tuple[str, float | None]]
WEEKLY = {"regulation 19", "regulation 24", "interim order at home"}


class Care(NamedTuple):
    """A child's period of care at the date: the row, why it is outside, whether its dates say so."""

    row: Row
    outside: str | None
    countable: bool


def months_after(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def by(day: date | None, limit: date | None) -> bool:
    """Has it happened by then?"""
    return day is not None and limit is not None and day <= limit


def state(truth: bool, odd: str | None = None) -> tuple[str, None]:
    """The state of a case inside the cohort."""
    return odd or yes(truth), None


def care(look: Look) -> dict[str, Care]:
    """One period of care a child: one inside the cohort first, then one with readable dates, then the newest row."""
    found: dict[str, Care] = {}
    ranks: dict[str, Any] = {}
    for row in look.tables["cla_episodes"]:
        start, end, status = row["cla_start_date"], row["cla_ceased_date"], row["legal_status"]
        outside = "ceased" if by(end, look.as_at) else None
        outside = outside or ("not_begun" if start and start > look.as_at else None)
        outside = outside or ("short_break" if status in ("V3", "V4") else None)
        ends_badly = row["cla_ceased_date_unusable"]
        rank = (outside is None, start is not None, not ends_badly, row["delivery_id"], row["source_row"])
        child = row["person_id"]
        if child not in found or rank > ranks[child]:
            found[child], ranks[child] = Care(row, outside, start is not None and not ends_badly), rank
    return found


def children(look: Look, judge: Callable[[Look, str, Row], tuple[str, float | None] | None]) -> Judged:
    """Every child looked after at the date, judged; where its dates do not say so, it is not countable unless it is left out."""
    found: Judged = {}
    for child, (row, outside, countable) in care(look).items():
        if outside is None:
            judged = judge(look, child, row)
            if judged is not None and countable:
                found[child] = judged
            elif judged is not None and judged[0] != "pending":
                found[child] = ("not_countable", None)
    return found


def as_it_stands(rows: Iterable[Row]) -> list[Row]:
    """The rows of the newest list of each layout and team."""
    rows = list(rows)
    newest: dict[tuple[str, str | None], date] = {}
    for row in rows:
        key = (row["contract"], row["team"])
        newest[key] = max(newest.get(key, date.min), row["extracted_on"])
    return [row for row in rows if row["extracted_on"] == newest[row["contract"], row["team"]]]


def latest(rows: Iterable[Row], start: str, end: str, as_at: date) -> Row | None:
    """Of spells open at the date the one that began last."""
    open_then = [row for row in rows if by(row[start], as_at) and not by(row[end], as_at)]
    return max(open_then, key=lambda row: (row[start], row["delivery_id"], row["source_row"]), default=None)


def home(look: Look, child: str) -> Row | None:
    """The placement at the date, temporary ones aside."""
    rows = [row for row in look.of("cla_placement", child) if not (row["cla_placement_type"] or "").startswith("T")]
    return latest(rows, "cla_placement_start_date", "cla_placement_end_date", look.as_at)


def status(look: Look, child: str) -> Row | None:
    """The legal status at the date."""
    rows = look.of("legal_status", child)
    return latest(rows, "legal_status_start_date", "legal_status_end_date", look.as_at)


def listed(look: Look, table: str, child: str) -> Row | None:
    """The placement that a register names as open at the date."""
    rows = [row for row in as_it_stands(look.tables[table]) if row["person_id"] == child]
    return latest(rows, "placement_start_date", "placement_end_date", look.as_at)


# --- the last of a kind, from sources that keep no more
class Last(NamedTuple):
    """The last visit, review or check: what the list shows, and what decides."""

    recorded: date | None
    unusable: bool
    overwritten: bool
    on: date | None


def last(rows: list[Row], column: str, extracted_on: date, as_at: date) -> Last:
    """What is known of the last one by a date."""
    shown = [row for row in rows if row["extracted_on"] == extracted_on]
    if not shown or any(row["extracted_on"] > extracted_on for row in rows):
        return Last(None, False, False, None)
    newest = max(shown, key=lambda row: (row[column] or date.min, row[f"{column}_unusable"]))
    recorded, unusable = newest[column], newest[f"{column}_unusable"]
    if recorded is None or recorded <= as_at:
        return Last(recorded, unusable, False, recorded)
    for taken in sorted({row["extracted_on"] for row in rows if row["extracted_on"] >= as_at}, reverse=True):
        tell = [row for row in rows if row["extracted_on"] == taken and not row[f"{column}_unusable"]]
        tell = [row for row in tell if row[column] is None or row[column] <= as_at]
        if tell:
            days = [row[column] for row in tell if row[column]]
            return Last(recorded, False, False, max(days, default=None))
    before = [row[column] for row in rows if row["extracted_on"] < as_at and by(row[column], as_at)]
    return Last(recorded, False, True, max(before, default=None))


# --- regulation 28
class Rule(NamedTuple):
    """How often a child is to be visited."""

    name: str
    since: date | None
    reviewed_on: date | None
    as_at: date

    def due(self, seen: date | None) -> date | None:
        """When the next visit is due after one."""
        if self.since is None:
            return None if seen is None else seen + timedelta(42)
        if seen is None or seen < self.since:
            return self.since + timedelta(7)
        if self.name in WEEKLY and (self.reviewed_on is None or self.reviewed_on > seen + timedelta(7)):
            return seen + timedelta(7)
        if self.name in ("regulation 24", "interim order at home"):
            return seen + timedelta(28)
        if self.name == "long term" and seen + timedelta(42) >= months_after(self.since, 12):
            return months_after(seen, 3)
        return seen + timedelta(42)


def rule(look: Look, child: str, row: Row) -> Rule:
    """The rule for a child at the date."""
    place, order = home(look, child), status(look, child)
    approval, parents = listed(look, "reg24_approvals", child), listed(look, "parent_placements", child)
    kind = place["cla_placement_type"] if place else None
    legal = (order["legal_status"] if order else None) or row["legal_status"]
    temporary = approval is not None and not by(approval["full_approval_date"], look.as_at)
    at_home = parents is not None or kind == "P1"
    since = row["cla_start_date"]
    if place is not None:
        since = place["cla_placement_start_date"]
    if parents is not None:
        since = parents["placement_start_date"]
    if temporary and approval is not None:
        since = approval["placement_start_date"]
    if parents is not None and parents["immediate_placement"] == "yes":
        name = "regulation 19"
    elif temporary:
        name = "regulation 24"
    elif at_home and legal == "C1":
        name = "interim order at home"
    elif at_home and legal == "C2":
        name = "care order at home"
        since = max(since, order["legal_status_start_date"]) if order else since
    else:
        name = "long term" if kind in ("U1", "U4") else "usual"
    days = [one["cla_review_date"] for one in look.of("cla_reviews", child)]
    reviews = [day for day in days if since and day and since <= day <= look.as_at]
    return Rule(name, since, min(reviews, default=None), look.as_at)


def days_seen(look: Look) -> dict[str, set[date]]:
    """The days on which each child was seen as a child looked after."""
    found: dict[str, set[date]] = {}
    for row in as_it_stands(look.tables["visits"]):
        proper = row["seen"] == "yes" and row["status"] != "draft" and row["visit_type"] in (None, "cla")
        if proper and row["visit_date"]:
            found.setdefault(row["person_id"], set()).add(row["visit_date"])
    return found


def la1(look: Look) -> Judged:
    """No visit overdue at the date; in a placement's first week nothing can be."""
    seen = days_seen(look)

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None]:
        needed, logged = rule(look, child, row), seen.get(child, set())
        if needed.since and look.as_at <= needed.since + timedelta(7):
            return "pending", None
        told = last(look.of("cla_visits", child), "cla_visit_date", row["extracted_on"], look.as_at)
        days = [day for day in (told.on, *logged) if day is not None and day <= look.as_at]
        if by(look.as_at, needed.due(max(days, default=None))):
            return "met", None
        overwritten = told.overwritten and told.recorded not in logged
        return state(False, "unusable" if told.unusable else "overtaken" if overwritten else None)

    return children(look, judge)


def la1p(look: Look) -> Judged:
    """Visits that fell due in the period, from the present placement's start on."""
    found: Judged = {}
    seen = days_seen(look)
    taken = [(row["team"], row["extracted_on"]) for row in look.tables["visits"]]
    for child, (row, outside, countable) in care(look).items():
        if outside is not None:
            continue
        needed = rule(look, child, row)
        if needed.since is None:
            found[f"{child}/unusable:{row['source_row']}"] = ("not_countable", None)
            continue
        days = sorted(day for day in seen.get(child, set()) if needed.since <= day <= look.as_at)
        steps = days if needed.since in days else [needed.since, *days]
        own = [on for team, on in taken if row["team"] is not None and team == row["team"]]
        lists = own or [on for team, on in taken if team is None]
        for step, then in zip(steps, [*steps[1:], None], strict=True):
            due = needed.due(step if step in days else None)
            assert due is not None
            if not look.in_period(due) or not lists:
                continue
            if due > max(lists):
                if countable:
                    found[f"{child}/{step}"] = ("pending", None)
            else:
                found[f"{child}/{step}"] = state(by(then, due)) if countable else ("not_countable", None)
    return found


# --- reviews
class Step(NamedTuple):
    """The start of care or a review, and the review that was due next."""

    on: date
    known: bool
    due: date
    then: date | None


def chain(look: Look, child: str, row: Row) -> list[Step]:
    """A child's reviews in their order, from the start of care."""
    rows = look.tables["cla_review_chain"]
    newest = {one["contract"]: one["extracted_on"] for one in sorted(rows, key=lambda one: one["extracted_on"])}
    kept = [
        one["cla_review_date"]
        for one in look.of("cla_review_chain", child)
        if one["contract"].startswith("ssda903") or one["extracted_on"] == newest[one["contract"]]
    ]
    start = row["cla_start_date"]
    known_from = min(one["cla_review_date"] for one in rows)
    days = [start, *sorted({day for day in kept if start < day <= look.as_at})]
    found = []
    for place, day in enumerate(days):
        due = (
            add_working_days(day, 20)
            if place == 0
            else months_after(day, 3 if place == 1 and start >= known_from else 6)
        )
        found.append(
            Step(day, place > 0 or start >= known_from, due, days[place + 1] if place + 1 < len(days) else None)
        )
    return found


def known_to(look: Look) -> date:
    """The newest list of reviews."""
    newest: date = max(row["extracted_on"] for row in look.tables["cla_review_chain"])
    return newest


def la2(look: Look) -> Judged:
    """Reviews that fell due in the period."""
    found: Judged = {}
    for child, (row, outside, countable) in care(look).items():
        if outside is not None:
            continue
        if row["cla_start_date"] is None:
            found[f"{child}/unusable:{row['source_row']}"] = ("not_countable", None)
            continue
        for step in chain(look, child, row):
            if not look.in_period(step.due) or (not step.known and countable):
                continue
            if step.due > known_to(look):
                if countable:
                    found[f"{child}/{step.on}"] = ("pending", None)
            else:
                found[f"{child}/{step.on}"] = state(by(step.then, step.due)) if countable else ("not_countable", None)
    return found


def la2s(look: Look) -> Judged:
    """Every review of the last year in time."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        if row["cla_start_date"] is None:
            return "not_met", None
        since = years_before(look.as_at, 1)
        steps = [step for step in chain(look, child, row) if step.known and step.due <= look.as_at]
        steps = [step for step in steps if step.due > since or step.then is None]
        if not steps:
            return None if not row["cla_ceased_date_unusable"] else ("not_met", None)
        unseen = [step for step in steps if step.due > known_to(look) and not by(step.then, step.due)]
        late = [step for step in steps if not by(step.then, step.due) and step not in unseen]
        return state(False) if late else ("pending", None) if unseen else state(True)

    return children(look, judge)


def la2l(look: Look) -> Judged:
    """None overdue as far as the latest review tells."""

    def judge(look: Look, child: str, row: Row) -> tuple[str, float | None] | None:
        start = row["cla_start_date"]
        if start is None:
            return "not_met", None
        first = add_working_days(start, 20)
        if first > look.as_at:
            return None
        told = last(look.of("cla_reviews", child), "cla_review_date", row["extracted_on"], look.as_at)
        due = first
        if told.on is not None and told.on >= start:
            due = months_after(told.on, 3 if told.on <= first else 6)
        truth = due >= look.as_at
        return state(truth, "unusable" if told.unusable else "overtaken" if told.overwritten and not truth else None)

    return children(look, judge)


def la3(look: Look) -> Judged:
    """Records of reviews that fell due in the period."""
    found: Judged = {}
    minutes = [row for row in as_it_stands(look.tables["minutes"]) if row["meeting_type"] == "cla_review"]
    held = events(minutes, "meeting_date")
    days = [row for row in look.tables["cla_reviews"] if row["cla_review_date"] or row["cla_review_date_unusable"]]
    for case, row in events(days, "cla_review_date").items():
        if case not in held:
            held[case] = {"meeting_date": row["cla_review_date"], "distributed_date": None, "on_file": None}
    for case, row in held.items():
        day, sent = row["meeting_date"], row["distributed_date"]
        if day is None:
            found[case] = ("not_countable", None)
            continue
        due = add_working_days(day, 15)
        if look.in_period(due):
            unsure = row.get("distributed_date_unusable") or (sent is None and row["on_file"] == "yes")
            found[case] = state(by(sent, due), "unusable" if unsure and not by(sent, due) else None)
    return found


INDICATORS: dict[str, Callable[[Look], Judged]] = {
    "LA1": la1, "LA1P": la1p, "LA2": la2, "LA2S": la2s, "LA2L": la2l, "LA3": la3,
}  # fmt: skip
