"""Audits that were planned and whom they asked, early help, posts, managers and what was late at a handover, in plain loops.

Beside figures_people.py and in its manner.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.oracle.cells import working_days
from tests.oracle.figures_oversight import audits
from tests.oracle.figures_people import Cases, Look, Row, Said, absent, held, said, staff, yes


def _case(row: Row, day: date | None) -> str:
    return f"{row['person_id']}/{day or 'unusable:' + row['source_row']}"


def au1(look: Look) -> Cases:
    """Whole-case audits planned for the month, done by the day they were planned for."""
    chosen: dict[str, tuple[Any, ...]] = {}
    rows: dict[str, Row] = {}
    for row in look.tables["audits"]:
        case = _case(row, row["due_date"])
        place = (row["audit_theme"] in (None, "overall"), row["extracted_on"], row["delivery_id"], row["source_row"])
        if case not in chosen or place > chosen[case]:
            chosen[case], rows[case] = place, row
    found: Cases = {}
    for case, row in rows.items():
        due, done = row["due_date"], row["audit_date"]
        if row["audit_theme"] not in (None, "overall"):
            continue
        if due is None:
            if row["due_date_unusable"]:
                found[case] = said("not_countable")
        elif due > look.as_at:
            found[case] = said("pending")
        elif due >= look.first:
            found[case] = said("unusable") if row["audit_date_unusable"] else yes(done is not None and done <= due)
    return found


def _asked(*people: str) -> Callable[[Look], Cases]:
    """Whole-case audits in which all of these took part. One who did not settles it, whatever cannot be read of the others."""

    def judge(row: Row, *_: Any) -> Said:
        answers = [row[f"{who}_involved"] for who in people]
        if "no" not in answers and any(row[f"{who}_involved_unusable"] for who in people):
            return said("unusable")
        return yes(all(answer == "yes" for answer in answers))

    return lambda look: audits(look, "overall", judge)


def eh1(look: Look) -> Cases:
    """Early help open at the date for more than twenty-six weeks."""
    newest: dict[str, Row] = {}
    for row in sorted(look.tables["early_help_episodes"], key=lambda r: (r["delivery_id"], r["source_row"])):
        newest[_case(row, row["episode_start_date"])] = row
    found: Cases = {}
    for case, row in newest.items():
        start, end = row["episode_start_date"], row["episode_end_date"]
        if (end is not None and end <= look.as_at) or (start is not None and start > look.as_at):
            continue
        readable = start is not None and not row["episode_end_date_unusable"]
        found[case] = yes(look.as_at - start > timedelta(weeks=26)) if readable else said("not_countable")
    return found


def wf6(look: Look) -> Cases:
    """Vacant posts of each line; for a line of the whole council without filled posts those in post are counted."""
    there = [row for row in staff(look).values() if not absent(look, row) and row["agency_worker_flag"] != "yes"]
    hours = [row["full_time_equivalency"] for row in there if row["full_time_equivalency"]]
    lines: dict[str, Row] = {}
    for row in sorted(look.tables["posts"], key=lambda r: (r["delivery_id"], r["source_row"])):
        lines[f"{row['team'] or 'all teams'}/{row['professional_role'] or 'all roles'}"] = row
    found: Cases = {}
    for case, row in lines.items():
        vacant, filled = row["vacant_fte"], row["filled_fte"]
        if filled is None and row["team"] is None and row["professional_role"] is None and hours:
            filled = sum(hours)
        known = vacant is not None and filled is not None
        posts = vacant + filled if known else 0
        found[case] = said("met", 100 * vacant / posts, posts) if posts > 0 else said("not_met")
    return found


def wf8(look: Look) -> Cases:
    """Team managers who began in a team within the twelve months."""
    teams: dict[str, list[Row]] = {}
    for row in staff(look).values():
        if row["professional_department"]:
            managers = teams.setdefault(row["professional_department"], [])
            managers += [row] if row["professional_role"] == "team_manager" else []
    found: Cases = {}
    for team, managers in teams.items():
        starts = [row["role_start_date"] for row in managers]
        some = any(
            (row["role_start_date"] is None or row["role_start_date"] <= look.as_at)
            and (row["role_end_date"] is None or row["role_end_date"] >= look.first)
            for row in managers
        )
        begun = sum(1 for day in starts if day is not None and look.first <= day <= look.as_at)
        found[team] = said("unusable") if None in starts else said("met", begun) if some else said("not_met")
    return found


def _still(row: Row, column: str, day: date, *, unless_odd: bool = True) -> bool:
    """Not done by a day; where the day it was done cannot be read nobody says that it was late."""
    if row[column] is not None:
        return bool(row[column] > day)
    return not (unless_odd and row[f"{column}_unusable"])


def _late(look: Look, child: str, day: date) -> bool:
    def of(name: str) -> list[Row]:
        return [row for row in look.tables[name] if row["person_id"] == child]

    def over(start: date | None, limit: int) -> bool:
        return start is not None and working_days(start, day) > limit

    assessments = any(
        over(row["assessment_start_date"], 45) and _still(row, "assessment_auth_date", day)
        for row in of("cin_assessments")
    )
    enquiries = any(
        over(row["s47_start_date"], 15)
        and _still(row, "icpc_date", day)
        and _still(row, "s47_end_date", day, unless_odd=False)
        and row["icpc_unnecessary"] != "yes"
        for row in of("s47_enquiry")
    )
    on_a_plan = any(
        over(row["cp_plan_start_date"], 10) and _still(row, "cp_plan_end_date", day) for row in of("cp_plans")
    )
    visits = [
        row["visit_date"]
        for row in of("visits")
        if row["visit_date"]
        and row["visit_date"] <= day
        and row["visit_type"] in (None, "cp")
        and row["status"] != "draft"
    ]
    return assessments or enquiries or (on_a_plan and bool(visits) and over(max(visits), 10))


def wf10o(look: Look) -> Cases:
    """Allocations of the month with something of the child overdue on the day."""
    newest: dict[str, Row] = {}
    rows = [row for row in look.tables["involvements"] if held(row) and row["person_id"] is not None]
    for row in sorted(rows, key=lambda r: (r["professional_id"] is not None, r["delivery_id"], r["source_row"])):
        newest[_case(row, row["involvement_start_date"])] = row
    found: Cases = {}
    for case, row in newest.items():
        day = row["involvement_start_date"]
        if day is None:
            found[case] = said("not_countable")
        elif look.first <= day <= look.as_at:
            found[case] = yes(_late(look, row["person_id"], day))
    return found


INDICATORS: dict[str, Callable[[Look], Cases]] = {
    "AU1": au1, "AU4": _asked("worker", "child", "parent"), "AU4W": _asked("worker"), "AU4C": _asked("child"),
    "AU4P": _asked("parent"), "EH1": eh1, "WF6": wf6, "WF8": wf8, "WF10O": wf10o,
}  # fmt: skip
