"""Figures about figures over rows that the product has written, case by case, in plain loops.

Written from the definitions alone. Each function gives state and value of every case inside the cohort. Not here: how the rows come about.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.oracle.cells import working_days, years_before

Row = dict[str, Any]
Cases = dict[str, tuple[str, float | None]]


def dq1(figures: list[Row], _: list[Row], on: date) -> Cases:
    """Figures of the authority at the date that are certified."""
    return {
        row["indicator_id"]: ("met" if row["status"] == "certified" else "not_met", None)
        for row in figures
        if row["team"] == "ALL" and row["as_at"] == on
    }


def dq1g(figures: list[Row], _: list[Row], on: date) -> Cases:
    """How many cases a team's count and the system's lie apart."""
    return {
        f"{row['indicator_id']}/{row['team']}": ("met", float(abs(row["manual_numerator"] - row["numerator"])))
        for row in figures
        if row["team"] != "ALL" and row["as_at"] == on and row["manual_numerator"] is not None
    }


def dq3(_: list[Row], differences: list[Row], on: date) -> Cases:
    """Working days since the event, of each difference that is open."""
    found: Cases = {}
    for row in differences:
        if row["as_at"] == on and row["state"] == "open":
            day = row["event_date"]
            readable = day is not None and day >= date(1990, 1, 1)
            found[row["break_id"]] = ("met", float(working_days(min(day, on), on))) if readable else ("not_met", None)
    return found


def dq4(_: list[Row], differences: list[Row], on: date) -> Cases:
    """Open at the position before and no longer: met where nobody had to decide."""
    earlier = max((row["as_at"] for row in differences if row["as_at"] < on), default=None)
    found: Cases = {}
    for name in {row["break_id"] for row in differences if row["as_at"] == earlier and row["state"] == "open"}:
        now = {row["state"] for row in differences if row["as_at"] == on and row["break_id"] == name}
        if "open" not in now:
            found[name] = ("not_met" if "decided" in now else "met", None)
    return found


def dq5(figures: list[Row], _: list[Row], on: date) -> Cases:
    """Figures of twelve months that moved by more than a point, or by more than one in a hundred."""
    found: Cases = {}
    for row in figures:
        value, first = row["value"], row["first_value"]
        if row["team"] != "ALL" or row["status"] == "withheld" or value is None or first is None:
            continue
        if row["as_at"] > years_before(on, 1):
            limit = 0.01 if row["unit"] == "percent" else 0.01 * abs(first)
            moved = abs(value - first) > limit + 1e-9
            found[f"{row['indicator_id']}/{row['as_at']}"] = ("met" if moved else "not_met", None)
    return found


def dq6(figures: list[Row], _: list[Row], on: date) -> Cases:
    """Headline figures of a team that owed a count within the year, owe none now and are certified."""
    recent = [row for row in figures if row["headline"] and row["as_at"] > years_before(on, 1)]
    found: Cases = {}
    for name, team in {(row["indicator_id"], row["team"]) for row in recent if row["is_owed"]}:
        now = [row for row in recent if (row["indicator_id"], row["team"], row["as_at"]) == (name, team, on)]
        if not any(row["is_owed"] for row in now) and any(row["status"] == "certified" for row in now):
            found[f"{name}/{team}"] = ("met", None)
    return found


INDICATORS: dict[str, Callable[[list[Row], list[Row], date], Cases]] = {
    "DQ1": dq1, "DQ1G": dq1g, "DQ3": dq3, "DQ4": dq4, "DQ5": dq5, "DQ6": dq6,
}  # fmt: skip
