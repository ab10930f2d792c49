"""Figures on reviews, meetings, challenges, other plans, pre-proceedings and proceedings over conformed rows, in plain loops.

Written from the definitions alone; what a row and a case are is said in `figures_plans`. Not here: sums, files, teams.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from tests.oracle.cells import add_working_days, working_days, years_before
from tests.oracle.figures_plans import (
    Cases,
    Found,
    Look,
    Row,
    age,
    case,
    children,
    last_event,
    plan_at,
    plan_that_decides,
    standing_at,
)  # fmt: skip


def kept(row: Row) -> tuple[date, date]:
    """The days over which a source holds everything: a census its year, another all up to its extract."""
    extracted = row["extracted_on"]
    if not row["contract"].startswith("cin."):
        return date(1990, 1, 1), extracted
    year = extracted.year if extracted >= date(extracted.year, 3, 31) else extracted.year - 1
    return date(year - 1, 4, 1), date(year, 3, 31)


def returned(look: Look, table: str) -> list[Row]:
    """Of a census each year's newest return, of any other source the newest extract."""
    newest: dict[tuple[str, date | None], date] = {}

    def key(row: Row) -> tuple[str, date | None]:
        return row["contract"], kept(row)[1] if row["contract"].startswith("cin.") else None

    for row in look.of(table):
        newest[key(row)] = max(row["extracted_on"], newest.get(key(row), row["extracted_on"]))
    return [row for row in look.of(table) if row["extracted_on"] == newest[key(row)]]


def pp5(look: Look) -> Cases:
    """Every review of the plan in time."""
    found: Cases = {}
    history = returned(look, "cp_review_history")
    everywhere = {kept(row) for row in history}
    for child in children(look.of("cp_plans")):
        plan = plan_that_decides(look, child)
        stands, start = plan_at(plan, look.as_at), plan["cp_plan_start_date"]
        if stands in ("closed", "not_begun") or (start is not None and (look.as_at - start).days < 91):
            continue
        if stands == "unknown":
            found[child] = Found("not_countable")
            continue
        latest = look.of("cp_reviews", child)
        rows = [row for row in history if row["person_id"] == child] + latest
        days = sorted(
            {
                row["cp_review_date"]
                for row in rows
                if row["cp_review_date"] and start < row["cp_review_date"] < look.as_at
            }
        )
        if not days and (look.as_at - start).days == 91:
            found[child] = Found("pending")
            continue
        covered = [*everywhere]
        covered += [
            (row["cp_review_date"] or row["cp_plan_start_date"], row["extracted_on"]) for row in latest
            if not row["cp_review_date_unusable"] and (row["cp_review_date"] or row["cp_plan_start_date"])
        ]  # fmt: skip
        points = [start, *days, look.as_at]
        late = [(a, b) for a, b in itertools.pairwise(points) if (b - a).days > (91 if a == start else 183)]
        proved = any(first <= a and b <= last for a, b in late for first, last in covered)
        unclear = any(row["cp_review_date_unusable"] for row in rows)
        found[child] = Found("met" if not late else "unusable" if unclear else "not_met" if proved else "overtaken")
    return found


def pp7w(look: Look) -> Cases:
    """Plans begun within two years of an earlier one's end."""
    found: Cases = {}
    history = returned(look, "cp_plan_history")
    for child in children(look.of("cp_plans")):
        rows = sorted(look.of("cp_plans", child), key=age, reverse=True)
        begun = [r for r in rows if r["cp_plan_start_date"] and look.first <= r["cp_plan_start_date"] <= look.as_at]
        blank = [r for r in rows if r["cp_plan_start_date"] is None]
        if not begun:
            if blank:
                found[child] = Found("not_countable")
            continue
        plan = max(begun, key=lambda r: r["cp_plan_start_date"])
        start = plan["cp_plan_start_date"]
        since = years_before(start, 2)
        earlier = [
            r
            for r in history
            if r["person_id"] == child and r["cp_plan_start_date"] and r["cp_plan_start_date"] < start
        ]
        ends = [r["cp_plan_end_date"] for r in earlier if r["cp_plan_end_date"] and r["cp_plan_end_date"] <= start]
        whole = any(kept(r)[0] <= since and start <= kept(r)[1] for r in history)
        had = (plan["previous_plans"] or 0) > 0 or plan["previous_plans_unusable"]
        unclear = any(r["cp_plan_end_date_unusable"] for r in earlier) or (had and not whole)
        found[child] = Found("met" if any(end >= since for end in ends) else "unusable" if unclear else "not_met")
    return found


def due_in_period(look: Look, due: date, done: date | None, unusable: bool, *, waiting: bool = True) -> Found | None:
    """A case of a due cohort: done by its day, not, or still to come."""
    if due > look.as_at:
        return Found("pending") if waiting and (done is None or done > look.as_at) else None
    if due < look.first:
        return None
    return Found("unusable" if unusable else "met" if done is not None and done <= due else "not_met")


def minutes_of(look: Look) -> Iterator[tuple[str, Row, int | None]]:
    """Meetings of the tracker of minutes, with the working days that their minutes may take."""
    for row in look.standing("minutes"):
        kind = row["meeting_type"]
        yield (
            case(f"{row['person_id']}/{kind or 'other'}", row["meeting_date"], row),
            row,
            {"core_group": 10, "icpc": 20, "rcpc": 20}.get(kind),
        )


def pp8(look: Look) -> Cases:
    """Minutes sent out in time."""
    found: Cases = {}
    for name, row, days in minutes_of(look):
        held = row["meeting_date"]
        if days is None and not row["meeting_type_unusable"]:
            continue
        if held is None or days is None:
            found[name] = Found("not_countable")
            continue
        sent, bad = row["distributed_date"], row["distributed_date_unusable"]
        said = due_in_period(look, add_working_days(held, days), sent, bad, waiting=held <= look.as_at)
        if said:
            found[name] = said
    return found


def pp8n(look: Look) -> Cases:
    """Meetings with no minutes at all."""
    found: Cases = {}
    tracked = list(minutes_of(look))
    meetings = [(n, r, d, r["distributed_date"], r["on_file"] == "yes") for n, r, d in tracked]
    kinds = {row["meeting_type"] for _, row, _ in tracked}
    others = [
        (r, "core_group", r["core_group_date"], r["minutes_date"])
        for r in look.standing("core_groups")
        if r["status"] == "held"
    ]
    others += [(r, "icpc", r["icpc_date"], None) for r in look.of("initial_cp_conference")]
    for row, kind, day, sent in others:
        near = any(
            r["person_id"] == row["person_id"] and r["meeting_type"] == kind and r["meeting_date"] and abs((r["meeting_date"] - day).days) <= 3
            for _, r, _ in tracked
        ) if day else True  # fmt: skip
        if kind in kinds and not near:
            told = {"meeting_date": day, "meeting_type_unusable": False, "distributed_date_unusable": False}
            meetings.append(
                (case(f"{row['person_id']}/{kind}", day, row), told, 10 if kind == "core_group" else 20, sent, False)
            )
    for name, row, days, sent, on_file in meetings:
        held = row["meeting_date"]
        if days is None and not row["meeting_type_unusable"]:
            continue
        if held is not None and not years_before(look.as_at, 1) < held <= look.as_at:
            continue
        written = on_file or (sent is not None and sent <= look.as_at)
        if days is not None and held is not None and add_working_days(held, days) > look.as_at:
            if not written:
                found[name] = Found("pending")
        elif held is None or days is None:
            found[name] = Found("not_countable")
        else:
            found[name] = Found("not_met" if written else "unusable" if row["distributed_date_unusable"] else "met")
    return found


def chairs(look: Look) -> Iterator[tuple[str, Row]]:
    """Challenges of conference chairs, each once."""
    rows = {f"{r['challenge_number']}/{r['person_id']}": r for r in sorted(look.of("challenges"), key=age)}
    yield from (
        (name, row) for name, row in rows.items() if row["challenge_kind"] == "chair" or row["challenge_kind_unusable"]
    )


def pp9(look: Look) -> Cases:
    """Challenges resolved in time."""
    found: Cases = {}
    for name, row in chairs(look):
        raised = row["raised_date"]
        due = add_working_days(raised, 20) if raised else None
        if due is not None and row["challenge_kind_unusable"]:
            if look.first <= due <= look.as_at:
                found[name] = Found("not_countable")
            elif (
                due > look.as_at
                and raised <= look.as_at
                and not (row["closed_date"] and row["closed_date"] <= look.as_at)
            ):
                found[name] = Found("pending")
        elif due is None:
            found[name] = Found("not_countable")
        elif said := due_in_period(
            look, due, row["closed_date"], row["closed_date_unusable"], waiting=raised <= look.as_at
        ):
            found[name] = said
    return found


def pp9o(look: Look) -> Cases:
    """Open challenges, overdue or not."""
    found: Cases = {}
    for name, row in chairs(look):
        raised, closed = row["raised_date"], row["closed_date"]
        if (closed and closed <= look.as_at) or (raised and raised > look.as_at):
            continue
        if raised is None or row["challenge_kind_unusable"] or row["closed_date_unusable"]:
            found[name] = Found("not_countable")
        else:
            found[name] = Found(
                "met"
                if working_days(raised, look.as_at) > 20 and add_working_days(raised, 20) < look.as_at
                else "not_met"
            )
    return found


def pp10(look: Look) -> Cases:
    """On a protection plan with a plan of need open."""
    found: Cases = {}
    for child in children(look.of("cp_plans")):
        stands = plan_at(plan_that_decides(look, child), look.as_at)
        needs = [
            (standing_at(r["cin_plan_start_date"], r["cin_plan_end_date"], r["cin_plan_end_date_unusable"], look.as_at), r)
            for r in look.of("cin_plans", child)
        ]  # fmt: skip
        perhaps = [(how, r) for how, r in needs if how in ("open", "unknown")]
        if stands in ("closed", "not_begun") or not perhaps:
            continue
        sure = any(how == "open" and (r["cin_plan_end_date"] or kept(r)[1] >= look.as_at) for how, r in perhaps)
        found[child] = Found("met" if sure and stands == "open" else "not_countable")
    return found


def safety_plan(look: Look, child: str) -> tuple[Row, str]:
    """The safety plan that decides, and how it stands."""
    rows = sorted(look.standing("safety_plans", child), key=age, reverse=True)
    how = {id(r): standing_at(r["start_date"], r["end_date"], r["end_date_unusable"], look.as_at) for r in rows}
    row = min(
        rows,
        key=lambda r: (how[id(r)] in ("closed", "not_begun"), r["start_date"] is None, r["start_date"] or date.max),
    )
    return row, how[id(row)]


def pp11(look: Look) -> Cases:
    """Safety plans reviewed within four weeks."""
    found: Cases = {}
    for child in children(look.standing("safety_plans")):
        plan, stands = safety_plan(look, child)
        start = plan["start_date"]
        if stands in ("closed", "not_begun") or (start and start + timedelta(28) >= look.as_at):
            continue
        rows = [r for r in look.of("safety_plans", child) if start and r["start_date"] == start]
        last = last_event(look, plan, rows, "reviewed_date")
        met = start is not None and (last.on or start) + timedelta(28) >= look.as_at
        state = "unusable" if last.unusable else "met" if met else "overtaken" if last.overwritten else "not_met"
        found[child] = Found("not_countable" if stands == "unknown" else state)
    return found


def pp11c(look: Look) -> Cases:
    """A safety plan beside a protection plan."""
    found: Cases = {}
    for child in children(look.standing("safety_plans")):
        stands = safety_plan(look, child)[1]
        beside = plan_at(plan_that_decides(look, child), look.as_at) if look.of("cp_plans", child) else "closed"
        if stands in ("open", "unknown") and beside in ("open", "unknown"):
            found[child] = Found("met" if stands == beside == "open" else "not_countable")
    return found


INDICATORS: dict[str, Callable[[Look], Cases]] = {
    "PP5": pp5, "PP7W": pp7w, "PP8": pp8, "PP8N": pp8n, "PP9": pp9, "PP9O": pp9o, "PP10": pp10, "PP11": pp11, "PP11C": pp11c,
}  # fmt: skip
