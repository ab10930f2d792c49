"""Registers of oversight, audits, looks of managers, returns home and written visits over conformed rows, in plain loops.

Beside figures_people.py and in its manner.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.oracle.cells import add_working_days
from tests.oracle.figures_people import Cases, Look, Row, Said, months_on, newest, said, yes


def _case(row: Row, day: date | None) -> str:
    return f"{row['person_id']}/{day or 'unusable:' + row['source_row']}"


def _due(
    look: Look, rows: list[Row], key: Callable[[Row], str], done: str, raised: str | None, always: bool = False
) -> Cases:
    """Due in the period and done by then; due later and raised by now is pending."""
    found: Cases = {}
    for row in rows:
        due, by = row["due_date"], row[done]
        if due is None:
            if row["due_date_unusable"]:
                found[key(row)] = said("not_countable")
        elif due > look.as_at:
            if raised is None or row[raised] is None or row[raised] <= look.as_at:
                found[key(row)] = said("pending")
        elif always or due >= look.first:
            found[key(row)] = said("unusable") if row[f"{done}_unusable"] else yes(by is not None and by <= due)
    return found


def _actions(source: str) -> Callable[[Look], Cases]:
    def judge(look: Look) -> Cases:
        rows = [row for row in newest(look.tables["actions"], "action_number") if row["action_source"] == source]
        return _due(look, rows, lambda row: str(row["action_number"]), "closed_date", "raised_date")

    return judge


def _still_open(look: Look) -> dict[str, tuple[Row, bool]]:
    """Actions after audits that are open or perhaps open, with a due day or one that cannot be read."""
    found = {}
    for row in newest(look.tables["actions"], "action_number"):
        raised, closed = row["raised_date"], row["closed_date"]
        if row["action_source"] != "audit" or (raised and raised > look.as_at) or (closed and closed <= look.as_at):
            continue
        if row["due_date"] is not None or row["due_date_unusable"]:
            found[row["action_number"]] = (
                row,
                row["due_date"] is not None and not (row["closed_date_unusable"] and closed is None),
            )
    return found


def au3o(look: Look) -> Cases:
    """Open actions that are overdue."""
    return {
        n: yes(row["due_date"] < look.as_at) if clear else said("not_countable")
        for n, (row, clear) in _still_open(look).items()
    }


def au3a(look: Look) -> Cases:
    """Days that they are overdue."""
    late = {n: (r, c) for n, (r, c) in _still_open(look).items() if r["due_date"] is None or r["due_date"] < look.as_at}
    return {
        n: said("met", (look.as_at - r["due_date"]).days) if c else said("not_countable") for n, (r, c) in late.items()
    }


def ch1(look: Look) -> Cases:
    """Answered by the day an answer was due."""
    rows = newest(look.tables["challenges"], "challenge_number")
    return _due(look, rows, lambda row: str(row["challenge_number"]), "answered_date", "raised_date")


def _of_month(look: Look, day: str, judge: Callable[[Row], Said], unusable_counts: bool = False) -> Cases:
    found: Cases = {}
    for row in newest(look.tables["challenges"], "challenge_number"):
        on = row[day]
        if on is None and (not unusable_counts or row[f"{day}_unusable"]):
            found[row["challenge_number"]] = said("not_countable")
        elif on is not None and look.first <= on <= look.as_at:
            found[row["challenge_number"]] = judge(row)
    return found


def ch1n(look: Look) -> Cases:
    """Raised."""
    return _of_month(look, "raised_date", lambda _: said("met"))


def ch1a(look: Look) -> Cases:
    """Answered, with an action."""

    def judge(row: Row) -> Said:
        return said("unusable") if row["answered_with_action_unusable"] else yes(row["answered_with_action"] == "yes")

    return _of_month(look, "answered_date", judge, unusable_counts=True)


def ch1c(look: Look) -> Cases:
    """Raised, and closed by the date."""

    def judge(row: Row) -> Said:
        closed = row["closed_date"]
        return said("unusable") if row["closed_date_unusable"] else yes(closed is not None and closed <= look.as_at)

    return _of_month(look, "raised_date", judge)


def pa1(look: Look) -> Cases:
    """Milestones due by the date, by their newest report."""
    latest: dict[tuple[Any, Any], Row] = {}
    order = lambda r: (r["reported_date"] or date.min, r["extracted_on"], r["delivery_id"], r["source_row"])  # noqa: E731
    for row in sorted(look.tables["priority_actions"], key=order):
        latest[row["priority"], row["milestone"]] = row
    return _due(
        look, list(latest.values()), lambda r: f"{r['priority']}/{r['milestone']}", "reached_date", None, always=True
    )


def pa1t(look: Look) -> Cases:
    """Green or complete in each of the last three reports."""
    found: Cases = {}
    by_milestone: dict[str, list[Row]] = {}
    for row in look.tables["priority_actions"]:
        by_milestone.setdefault(f"{row['priority']}/{row['milestone']}", []).append(row)
    for name, rows in by_milestone.items():
        reports = {
            r["reported_date"]: r
            for r in sorted(rows, key=lambda r: (r["extracted_on"], r["delivery_id"], r["source_row"]))
        }
        days = sorted((day for day in reports if day and day <= look.as_at), reverse=True)[:3]
        if any(row["reported_date_unusable"] for row in rows):
            found[name] = said("not_countable")
        elif len(days) == 3:
            odd = any(reports[day]["rag_unusable"] for day in days)
            found[name] = (
                said("unusable") if odd else yes(all(reports[day]["rag"] in ("green", "complete") for day in days))
            )
    return found


POINTS = {"outstanding": 4, "good": 3, "requires_improvement": 2, "inadequate": 1}


def audits(look: Look, theme: str, judge: Callable[[Row, str | None, bool, bool], Said | None]) -> Cases:
    """Audits of the period with a row of the theme: `judge` is given the row, the grade, whether it is odd, and whether moderated."""
    found: Cases = {}
    rows = [row for row in look.tables["audits"] if (row["audit_theme"] or "overall") == theme]
    latest = {
        _case(row, row["audit_date"]): row
        for row in sorted(rows, key=lambda r: (r["extracted_on"], r["delivery_id"], r["source_row"]))
    }
    for case, row in latest.items():
        day, later = row["audit_date"], row["moderated_date"]
        if day is not None and not look.first <= day <= look.as_at:
            continue
        moderated = row["moderated_grade"] is not None and (later is None or later <= look.as_at)
        grade = row["moderated_grade"] if moderated else row["original_grade"]
        odd = row["moderated_grade_unusable"] if moderated else row["original_grade_unusable"]
        verdict = judge(row, grade, bool(odd), moderated)
        if verdict is not None:
            found[case] = verdict if day is not None else said("not_countable")
    return found


def _graded(theme: str, good: set[str]) -> Callable[[Look], Cases]:
    def judge(_: Row, grade: str | None, odd: bool, __: bool) -> Said | None:
        if odd:
            return said("unusable")
        return None if grade is None else yes(grade in good)

    return lambda look: audits(look, theme, judge)


def au2(look: Look) -> Cases:
    """Moderated by the date."""
    return audits(
        look,
        "overall",
        lambda row, _, __, done: said("unusable") if row["moderated_grade_unusable"] and not done else yes(done),
    )


def _moderated(look: Look, judge: Callable[[int, int], Said]) -> Cases:
    def shift(row: Row, _: str | None, odd: bool, done: bool) -> Said | None:
        if not done and not row["moderated_grade_unusable"]:
            return None
        before, after = POINTS.get(row["original_grade"]), POINTS.get(row["moderated_grade"])
        return said("unusable") if odd or before is None or after is None else judge(before, after)

    return audits(look, "overall", shift)


def ml1(look: Look) -> Cases:
    """Overdue assessments and children not seen, looked at within two working days. The newest extract alone is given here."""
    found: Cases = {}

    def judge(case: str, child: str, due: date, concerns: set[str]) -> None:
        by = add_working_days(due, 2)
        if due >= look.as_at:
            return
        days = [
            r["look_date"]
            for r in look.tables["management_looks"]
            if r["person_id"] == child
            and r["look_date"]
            and due <= r["look_date"] <= look.as_at
            and r["indicator_id"] in {None, *concerns}
        ]
        found[case] = said("pending") if by >= look.as_at else yes(bool(days) and min(days) <= by)

    latest = {
        _case(r, r["assessment_start_date"]): r
        for r in sorted(look.tables["cin_assessments"], key=lambda r: (r["delivery_id"], r["source_row"]))
    }
    for case, row in latest.items():
        start, done = row["assessment_start_date"], row["assessment_auth_date"]
        if (done and done <= look.as_at) or (start and start > look.as_at):
            continue
        if start is None or (row["assessment_auth_date_unusable"] and add_working_days(start, 45) < look.as_at):
            found[f"{case}/assessment"] = said("not_countable")
        else:
            judge(f"{case}/assessment", row["person_id"], add_working_days(start, 45), {"AS1", "AS2", "AS3"})
    return found


def _returns(look: Look, in_full: bool) -> Cases:
    found: Cases = {}
    latest = {
        _case(r, r["cla_start_date"]): r
        for r in sorted(look.tables["cla_episodes"], key=lambda r: (r["delivery_id"], r["source_row"]))
    }
    for case, row in latest.items():
        start, end = row["cla_start_date"], row["cla_ceased_date"]
        if (
            (start and start > look.as_at)
            or (end and end > look.as_at)
            or (end is None and not row["cla_ceased_date_unusable"])
        ):
            continue
        if row["legal_status"] in ("V3", "V4") or row["cla_ceased_reason"] not in ("E4A", "E4B"):
            continue
        if end is None:
            found[case] = said("not_countable")
            continue
        over = months_on(end, 12)
        if (over if in_full else end) < look.first:
            continue
        harms = [r["s47_start_date"] for r in look.tables["s47_enquiry"] if r["person_id"] == row["person_id"]]
        harms += [r["cp_plan_start_date"] for r in look.tables["cp_plans"] if r["person_id"] == row["person_id"]]
        harmed = any(day and end < day <= min(over, look.as_at) for day in harms)
        found[case] = said("pending") if in_full and over > look.as_at else yes(harmed)
    return found


def _written(look: Look, within: int) -> Cases:
    """Finished, or of what is no draft recorded, within so many working days of the visit."""
    found: Cases = {}
    latest: dict[str, Row] = {}
    order = lambda r: (r["extracted_on"], -(_written_on(r) or date.max).toordinal(), r["delivery_id"], r["source_row"])  # noqa: E731
    for row in sorted(look.tables["visit_writing"], key=order):
        latest[f"{_case(row, row['visit_date'])}/{row['visit_type'] or 'visit'}"] = row
    for case, row in latest.items():
        if row["visit_date"] is None:
            found[case] = said("not_countable")
            continue
        due, written = add_working_days(row["visit_date"], within), _written_on(row)
        if due > look.as_at:
            if row["visit_date"] <= look.as_at:
                found[case] = said("pending")
        elif due >= look.first:
            odd = row["finalised_date_unusable"] or (row["finalised_date"] is None and row["recorded_date_unusable"])
            found[case] = said("unusable") if odd else yes(written is not None and written <= due)
    return found


def _written_on(row: Row) -> date | None:
    day: date | None = row["finalised_date"] or (None if row["status"] == "draft" else row["recorded_date"])
    return day


GOOD = {"outstanding", "good"}
INDICATORS: dict[str, Callable[[Look], Cases]] = {
    "AU3": _actions("audit"), "SV3A": _actions("supervision"), "AU3O": au3o, "AU3A": au3a, "CH1": ch1, "CH1N": ch1n, "CH1A": ch1a,
    "CH1C": ch1c, "PA1": pa1, "PA1T": pa1t, "AU1G": _graded("overall", GOOD), "AU1I": _graded("overall", {"inadequate"}),
    "AU1A": _graded("assessment", GOOD), "AU1P": _graded("planning", GOOD), "AU1V": _graded("visits", GOOD),
    "AU1R": _graded("reviews", GOOD), "AU1M": _graded("management", GOOD), "AU1C": _graded("voice", GOOD), "AU2": au2,
    "AU2D": lambda look: _moderated(look, lambda before, after: yes(after < before)),
    "AU2S": lambda look: _moderated(look, lambda before, after: said("met", after - before)),
    "ML1": ml1, "LA19": lambda look: _returns(look, False), "LA19D": lambda look: _returns(look, True),
    "DQ2": lambda look: _written(look, 2), "DQ2F": lambda look: _written(look, 5),
}  # fmt: skip
