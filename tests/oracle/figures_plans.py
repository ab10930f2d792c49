"""Figures on protection plans over conformed rows, case by case: visits, core groups, reviews, plans that ended or came again.

Written from the definitions alone, in plain loops. A row is a dictionary of columns. Each function gives the state of every case inside the
cohort, or waiting outside it, with its measured value where there is one. Not here: meetings, challenges and pre-proceedings
(`figures_steps`), sums, files, teams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from tests.oracle.cells import add_working_days, working_days, years_before

Row = dict[str, Any]
DAY = timedelta(days=1)


class Found(NamedTuple):
    """What a case is, and what was measured of it."""

    state: str
    value: float | None = None


Cases = dict[str, Found]


@dataclass(frozen=True)
class Look:
    """The conformed tables, the date, and the first day of the period."""

    tables: dict[str, list[Row]]
    as_at: date
    first: date

    def of(self, table: str, child: str | None = None) -> list[Row]:
        """The rows of a table, of one child."""
        return [row for row in self.tables.get(table, []) if child is None or row["person_id"] == child]

    def standing(self, table: str, child: str | None = None) -> list[Row]:
        """The rows that the newest extract of their layout and team still shows."""
        newest: dict[tuple[str, str | None], date] = {}
        for row in self.tables.get(table, []):
            key = (row["contract"], row.get("team"))
            newest[key] = max(row["extracted_on"], newest.get(key, row["extracted_on"]))
        kept = [r for r in self.tables.get(table, []) if r["extracted_on"] == newest[r["contract"], r.get("team")]]
        return [row for row in kept if child is None or row["person_id"] == child]


def children(rows: Iterable[Row]) -> list[str]:
    """Every child that the rows name."""
    return sorted({row["person_id"] for row in rows})


def case(child: str, start: date | None, row: Row) -> str:
    """The id of an event."""
    return f"{child}/{start.isoformat() if start else 'unusable:' + row['source_row']}"


def age(row: Row) -> tuple[str, str]:
    """Which of two rows of one extract is the newer."""
    return row["delivery_id"], row["source_row"]


def standing_at(start: date | None, end: date | None, end_unusable: bool | None, day: date) -> str:
    """open, closed, not_begun or unknown."""
    if end is not None and end <= day:
        return "closed"
    if start is not None and start > day:
        return "not_begun"
    return "unknown" if start is None or end_unusable else "open"


def plan_at(row: Row, day: date) -> str:
    """How a plan stands at a day."""
    return standing_at(row["cp_plan_start_date"], row["cp_plan_end_date"], row["cp_plan_end_date_unusable"], day)


def plan_that_decides(look: Look, child: str) -> Row:
    """An open or unknown plan before one that is not, one with a start before one without, then the newest row."""
    rows = sorted(look.of("cp_plans", child), key=age, reverse=True)
    return min(rows, key=lambda r: (plan_at(r, look.as_at) in ("closed", "not_begun"), r["cp_plan_start_date"] is None))


def plans_of(look: Look, child: str) -> list[Row]:
    """Each plan once; a row without a start only where the child has no other."""
    by_start: dict[date | None, Row] = {}
    for row in sorted(look.of("cp_plans", child), key=age):
        by_start[row["cp_plan_start_date"]] = row
    dated = [row for start, row in by_start.items() if start is not None]
    return dated or list(by_start.values())


def seen_days(look: Look, child: str) -> dict[date, list[Row]]:
    """The days on which the child was seen under a protection plan, in finished records."""
    found: dict[date, list[Row]] = {}
    for row in look.standing("visits", child):
        right = row["seen"] == "yes" and row["status"] != "draft" and row["visit_type"] in ("cp", None)
        if right and row["visit_date"] is not None:
            found.setdefault(row["visit_date"], []).append(row)
    return found


def counted_from(look: Look, plan: Row) -> date:
    """The plan's first day; the first day of the whole history of visits where that begins later."""
    begins = min((row["visit_date"] for row in look.of("visits") if row["visit_date"]), default=date.min)
    start: date = plan["cp_plan_start_date"]
    return max(start, begins)


def visiting_days(look: Look, plan: Row) -> list[date]:
    """The first day that counts and each later one on which the child was seen under the plan by the date."""
    first, last = counted_from(look, plan), min(look.as_at, plan["cp_plan_end_date"] or look.as_at)
    return [first, *sorted(day for day in seen_days(look, plan["person_id"]) if first < day <= last)]


def unknown(look: Look, child: str, plan: Row) -> Cases:
    """A plan without a start that can be read: nobody can say, unless it had ended when the period began."""
    ended = plan["cp_plan_end_date"] is not None and plan["cp_plan_end_date"] <= look.first
    return {} if ended else {case(child, None, plan): Found("not_countable")}


def pp2(look: Look) -> Cases:
    """Visiting intervals kept."""
    found: Cases = {}
    for child in children(look.of("cp_plans")):
        for plan in sorted(plans_of(look, child), key=lambda row: row["cp_plan_start_date"] or date.min):
            start, end = plan["cp_plan_start_date"], plan["cp_plan_end_date"]
            if start is None:
                found |= unknown(look, child, plan)
                continue
            if start > look.as_at:
                continue
            days = visiting_days(look, plan)
            for since, seen in zip(days, [*days[1:], None], strict=True):
                found.pop(case(child, since, plan), None)  # a later plan's interval stands before an earlier plan's
                due = add_working_days(since, 10)
                met = seen is not None and seen <= due
                if not met and end is not None and end <= min(due, look.as_at):
                    continue
                if due > look.as_at:
                    if seen is None:
                        found[case(child, since, plan)] = Found("pending")
                elif due >= look.first:
                    known = met or not plan["cp_plan_end_date_unusable"]
                    found[case(child, since, plan)] = Found(("met" if met else "not_met") if known else "not_countable")
    return found


def days_unseen(look: Look, plan: Row) -> int:
    """Working days of the period beyond the tenth since the child was last seen, one by one."""
    days, end = visiting_days(look, plan), plan["cp_plan_end_date"]
    count, day = 0, max(look.first, counted_from(look, plan))
    last = min(look.as_at, end - DAY) if end else look.as_at
    while day <= last:
        since = max(d for d in days if d < day or d == days[0])
        count += working_days(day - DAY, day) == 1 and working_days(since, day) > 10
        day += DAY
    return count


def pp2d(look: Look) -> Cases:
    """Days unseen in the period, by child."""
    found: Cases = {}
    for child in children(look.of("cp_plans")):
        total, judged, unknown = 0, False, False
        for plan in plans_of(look, child):
            start, end = plan["cp_plan_start_date"], plan["cp_plan_end_date"]
            if (end is not None and end <= look.first) or (start is not None and start > look.as_at):
                continue
            if start is None:
                unknown = True
            elif add_working_days(counted_from(look, plan), 10) < min(look.as_at, end - DAY if end else look.as_at):
                if plan["cp_plan_end_date_unusable"]:
                    unknown = True
                else:
                    judged = True
                total += days_unseen(look, plan)
        if unknown or judged:
            found[child] = Found("not_countable") if unknown else Found("met", float(total))
    return found


def pp3i(look: Look) -> Cases:
    """Seen alone within the interval."""
    found: Cases = {}
    for child in children(look.of("cp_plans")):
        plan = plan_that_decides(look, child)
        stands, start = plan_at(plan, look.as_at), plan["cp_plan_start_date"]
        births = list(look.of("person", child))
        born = max((row["date_of_birth"] for row in births if row["date_of_birth"]), default=None)
        if stands in ("closed", "not_begun") or (born and born > look.as_at):
            continue
        if start is not None and working_days(start, look.as_at) <= 10:
            continue
        lately = [
            row for day, rows in seen_days(look, child).items() for row in rows
            if day <= look.as_at and working_days(day, look.as_at) <= 10
        ]  # fmt: skip
        if stands == "unknown" or (born is None and any(row["date_of_birth_unusable"] for row in births)):
            found[child] = Found("not_countable")
        elif any(row["seen_alone"] == "yes" for row in lately):
            found[child] = Found("met")
        else:
            found[child] = Found("unusable" if any(row["seen_alone_unusable"] for row in lately) else "not_met")
    return found


def held_groups(look: Look, plan: Row) -> list[date]:
    """The days on which a core group was held under a plan by the date."""
    last = min(look.as_at, plan["cp_plan_end_date"] or look.as_at)
    return sorted({
        row["core_group_date"] for row in look.standing("core_groups", plan["person_id"])
        if row["status"] == "held" and row["core_group_date"] and plan["cp_plan_start_date"] <= row["core_group_date"] <= last
    })  # fmt: skip


def pp4(look: Look) -> Cases:
    """First core groups, due cohort."""
    found: Cases = {}
    for child in children(look.of("cp_plans")):
        for plan in plans_of(look, child):
            start, end = plan["cp_plan_start_date"], plan["cp_plan_end_date"]
            if start is None:
                found |= unknown(look, child, plan)
                continue
            due = add_working_days(start, 10)
            rows = look.standing("core_groups", child)
            held = [
                r["core_group_date"] for r in rows
                if r["status"] == "held" and r["core_group_date"] and start <= r["core_group_date"] <= look.as_at
            ]  # fmt: skip
            met = any(day <= due for day in held)
            if start > look.as_at or (not met and end is not None and end <= min(due, look.as_at)):
                continue
            if due > look.as_at:
                if not held:
                    found[case(child, start, plan)] = Found("pending")
            elif due >= look.first:
                unclear = any(r["core_group_date_unusable"] for r in rows) or any(
                    r["status_unusable"]
                    and r["core_group_date"]
                    and start <= r["core_group_date"] <= min(due, look.as_at)
                    for r in rows
                )
                state = (
                    "met"
                    if met
                    else "not_countable"
                    if plan["cp_plan_end_date_unusable"]
                    else "unusable"
                    if unclear
                    else "not_met"
                )
                found[case(child, start, plan)] = Found(state)
    return found


def pp4i(look: Look) -> Cases:
    """Core groups after one another."""
    found: Cases = {}
    for child in children(look.of("cp_plans")):
        for plan in sorted(plans_of(look, child), key=lambda row: row["cp_plan_start_date"] or date.min):
            if plan["cp_plan_start_date"] is None:
                found |= unknown(look, child, plan)
                continue
            days, end = held_groups(look, plan), plan["cp_plan_end_date"]
            for since, after in zip(days, [*days[1:], None], strict=False):
                found.pop(case(child, since, plan), None)
                due = since + timedelta(42)
                met = after is not None and after <= due
                if not met and end is not None and end <= min(due, look.as_at):
                    continue
                if due > look.as_at:
                    if after is None:
                        found[case(child, since, plan)] = Found("pending")
                elif due >= look.first:
                    known = met or not plan["cp_plan_end_date_unusable"]
                    found[case(child, since, plan)] = Found(("met" if met else "not_met") if known else "not_countable")
    return found


def pp6c(look: Look) -> Cases:
    """Plans that ended in the month, after two years or sooner."""
    found: Cases = {}
    for child in children(look.of("cp_plans")):
        for plan in plans_of(look, child):
            start, end = plan["cp_plan_start_date"], plan["cp_plan_end_date"]
            if end is None and not plan["cp_plan_end_date_unusable"]:
                continue
            if (end is not None and not look.first <= end <= look.as_at) or (start is not None and start > look.as_at):
                continue
            if start is None or end is None:
                found[case(child, start, plan)] = Found("not_countable")
            else:
                found[case(child, start, plan)] = Found("met" if start <= years_before(end, 2) else "not_met")
    return found


class Last(NamedTuple):
    """What is known of a last event at the date."""

    on: date | None
    unusable: bool
    overwritten: bool


def last_event(look: Look, own: Row, rows: list[Row], column: str, *, after: date | None = None) -> Last:
    """The last event that the child's own extract shows; where it lies after the date, what an earlier extract showed."""
    mine = [r for r in rows if r["extracted_on"] == own["extracted_on"]]
    same = [r for r in mine if age(r) == age(own)] or mine

    def told(row: Row) -> date | None:
        day: date | None = row[column]
        return None if day is None or (after is not None and day <= after) else day

    chosen = max(same, key=lambda r: (told(r) or date(1990, 1, 1), r[f"{column}_unusable"]), default=None)
    shown = told(chosen) if chosen else None
    if shown is None or shown <= look.as_at:
        return Last(shown, bool(chosen and chosen[f"{column}_unusable"]), False)
    settling = [
        r for r in rows
        if r["extracted_on"] >= look.as_at and not r[f"{column}_unusable"] and (told(r) or look.as_at) <= look.as_at
    ]  # fmt: skip
    if settling:
        return Last(told(max(settling, key=lambda r: (r["extracted_on"], told(r) or date(1990, 1, 1)))), False, False)
    earlier = [day for r in rows if r["extracted_on"] < look.as_at and (day := told(r)) and day <= look.as_at]
    return Last(max(earlier, default=None), False, True)


def judged_by_last(
    look: Look, judge: Callable[[Row, Last], Found | None], table: str, column: str, *, within: bool
) -> Cases:
    """Children on a plan, each judged by the last event of a table."""
    found: Cases = {}
    for child in children(look.of("cp_plans")):
        plan = plan_that_decides(look, child)
        if plan_at(plan, look.as_at) in ("closed", "not_begun"):
            continue
        rows = [row for row in look.of(table, child) if row["cp_plan_start_date"] is not None]
        last = last_event(look, plan, rows, column, after=plan["cp_plan_start_date"] if within else None)
        said = judge(plan, last)
        if said is not None:
            found[child] = (
                Found("not_countable") if plan_at(plan, look.as_at) == "unknown" and said.state != "pending" else said
            )
    return found


def pp12(look: Look) -> Cases:
    """New plans with a visit."""

    def judge(plan: Row, last: Last) -> Found | None:
        start = plan["cp_plan_start_date"]
        if start is None:
            return Found("not_countable")
        if working_days(start, look.as_at) > 10:
            return None
        met = last.on is not None and last.on >= start
        return Found("unusable" if last.unusable else "met" if met else "overtaken" if last.overwritten else "not_met")

    return judged_by_last(look, judge, "cp_visits", "cp_visit_date", within=False)


def pp13(look: Look) -> Cases:
    """Days since the last visit."""

    def judge(plan: Row, last: Last) -> Found | None:
        start = plan["cp_plan_start_date"]
        if start is None:
            return Found("not_countable")
        if working_days(start, look.as_at) <= 10:
            return None
        if last.unusable or last.overwritten:
            return Found("unusable" if last.unusable else "overtaken")
        return Found("not_met") if last.on is None else Found("met", float((look.as_at - last.on).days))

    return judged_by_last(look, judge, "cp_visits", "cp_visit_date", within=False)


def pp5l(look: Look) -> Cases:
    """The latest review not overdue."""

    def judge(plan: Row, last: Last) -> Found | None:
        start = plan["cp_plan_start_date"]
        if start is None:
            return Found("not_countable")
        old = (look.as_at - start).days
        if old < 91:
            return None
        if old == 91 and last.on is None and not last.unusable and not last.overwritten:
            return Found("pending")
        met = old <= 91 if last.on is None else (look.as_at - last.on).days <= 183
        return Found("unusable" if last.unusable else "met" if met else "overtaken" if last.overwritten else "not_met")

    return judged_by_last(look, judge, "cp_reviews", "cp_review_date", within=True)


INDICATORS: dict[str, Callable[[Look], Cases]] = {
    "PP2": pp2, "PP2D": pp2d, "PP3I": pp3i, "PP4": pp4, "PP4I": pp4i, "PP5L": pp5l, "PP6C": pp6c, "PP12": pp12, "PP13": pp13,
}  # fmt: skip
