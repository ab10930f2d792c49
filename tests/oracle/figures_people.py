"""Workers, who holds whom, supervision and registers of oversight over conformed rows, case by case, in plain loops.

Written from the definitions alone. A row is a dictionary of columns; a date that cannot be used is blank, with its `…_unusable` true.
Each function gives state, value and weight of every case inside the cohort, or waiting outside it. Not here: sums, files, teams.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.oracle.cells import add_working_days, working_days

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Said = tuple[str, float | None, float | None]
Cases = dict[str, Said]
SOCIAL_WORK = {
    "social_worker",
    "senior_practitioner",
    "team_manager",
    "middle_manager",
    "senior_manager",
    "qualified_without_cases",
    None,
}
MANAGERS = {"team_manager", "middle_manager", "senior_manager"}


@dataclass(frozen=True)
class Look:
    """The conformed tables, the date, and the first day of the period."""

    tables: Tables
    as_at: date
    first: date


def said(state: str, value: float | None = None, weight: float | None = None) -> Said:
    """A case; only one that is met has a value."""
    return (
        (state, float(value), None if weight is None else float(weight))
        if state == "met" and value is not None
        else (state, None, None)
    )


def yes(truth: bool) -> Said:
    """Met or not."""
    return said("met" if truth else "not_met")


def months_on(day: date, n: int) -> date:
    """The same day of the month n months later or, where there is none, that month's last day."""
    month = day.year * 12 + day.month - 1 + n
    for back in range(4):
        try:
            return date(month // 12, month % 12 + 1, day.day - back)
        except ValueError:
            continue
    raise ValueError("no such month")


def newest(rows: list[Row], *keys: str) -> list[Row]:
    """The newest row of each key."""
    found: dict[Any, Row] = {}
    for row in sorted(rows, key=lambda r: (r["extracted_on"], r["delivery_id"], r["source_row"])):
        found[tuple(row[key] for key in keys)] = row
    return list(found.values())


# --- workers
def staff(look: Look) -> dict[str, Row]:
    """Each worker's row: one in post at the date before another."""
    found: dict[str, Row] = {}
    for row in sorted(look.tables["professionals"], key=lambda r: (r["delivery_id"], r["source_row"])):
        old = found.get(row["professional_id"])
        if old is None or not absent(look, row) or absent(look, old):
            found[row["professional_id"]] = row
    return found


def absent(look: Look, row: Row) -> bool:
    """Left by the date, or begins after it."""
    left, begun = row["role_end_date"], row["role_start_date"]
    return (left is not None and left <= look.as_at) or (begun is not None and begun > look.as_at)


def known(row: Row) -> bool:
    """Whether the days in post can be read."""
    return not (row["role_end_date_unusable"] or row["role_start_date_unusable"])


def hours(row: Row | None) -> float | None:
    """Full-time equivalents; none where they are not known."""
    return (row["full_time_equivalency"] or None) if row else None


def unclear(row: Row) -> bool:
    """An allocation of which a day cannot be read."""
    return row["involvement_start_date"] is None or bool(row["involvement_end_date_unusable"])


def held(row: Row) -> bool:
    """Whether the allocation's role holds the case."""
    return row["professional_role_id"] in (None, "allocated", "duty", "supervisor")


def holders(look: Look) -> dict[str, Row]:
    """Who holds each child at the date."""
    found: dict[str, Row] = {}

    def place(row: Row) -> tuple[Any, ...]:
        end = row["involvement_end_date"]
        return (
            row["professional_role_id"] in (None, "allocated"), row["involvement_start_date"] or date.min, end is None, end or date.max,
        )  # fmt: skip

    for row in look.tables["involvements"]:
        start, end = row["involvement_start_date"], row["involvement_end_date"]
        if not held(row) or (start is not None and start > look.as_at) or (end is not None and end < look.as_at):
            continue
        other = found.get(row["person_id"])
        if other is None or place(row) > place(other):
            found[row["person_id"]] = row
    return found


def caseloads(look: Look, judge: Callable[[Row | None, int, int], Said | None]) -> Cases:
    """Every worker in post, or on no list, who holds a case; `judge` is given the row, the cases and those that are unclear."""
    people, found = staff(look), {}
    loads: dict[str, list[int]] = {}
    for row in holders(look).values():
        if row["professional_id"] is not None:
            loads.setdefault(row["professional_id"], [0, 0])[unclear(row)] += 1
    for worker, (cases, doubtful) in loads.items():
        own = people.get(worker)
        if own is not None and absent(look, own):
            continue
        verdict = judge(own, cases, doubtful)
        if verdict is not None:
            found[worker] = said("not_countable") if own is not None and not known(own) else verdict
    return found


def in_first_year(look: Look, row: Row | None) -> bool:
    """In the assessed and supported year, once that has begun."""
    return (
        row is not None
        and row["asye"] == "yes"
        and (row["asye_start_date"] is None or row["asye_start_date"] <= look.as_at)
    )


def _load(row: Row | None, cases: int, doubtful: int) -> Said:
    if doubtful:
        return said("unusable")
    return said("met", cases, hours(row)) if hours(row) else said("not_met")


def _over(row: Row | None, cases: int, doubtful: int, cap: int) -> Said:
    fte = hours(row)
    if cases > cap * (1 if fte is None else fte):
        return said("met")
    return said("unusable") if cases + doubtful > cap * (fte or 0) else said("not_met")


def wf1(look: Look) -> Cases:
    """Cases by hours."""
    return caseloads(look, _load)


def wf2(look: Look) -> Cases:
    """Over a cap of twenty."""
    return caseloads(look, lambda row, cases, doubtful: _over(row, cases, doubtful, 20))


def wf2l(look: Look) -> Cases:
    """Cases, whatever the hours."""
    return caseloads(look, lambda _, cases, doubtful: said("unusable") if doubtful else said("met", cases))


def wf3(look: Look) -> Cases:
    """Cases by hours in the first year."""
    return caseloads(look, lambda row, n, odd: _load(row, n, odd) if in_first_year(look, row) else None)


def wf3c(look: Look) -> Cases:
    """Over a cap of fifteen in the first year."""
    return caseloads(look, lambda row, n, odd: _over(row, n, odd, 15) if in_first_year(look, row) else None)


def wf4(look: Look) -> Cases:
    """Leavers of the twelve months, and who is in post at their end."""
    found: Cases = {}
    for worker, row in staff(look).items():
        begun, end = row["role_start_date"], row["role_end_date"]
        if (begun and begun > look.as_at) or (end and end < look.first):
            continue
        if row["agency_worker_flag"] == "yes" or row["professional_role"] not in SOCIAL_WORK:
            continue
        left = end is not None and end <= look.as_at
        fte = hours(row)
        good = said("not_met") if fte is None else said("met", 100 * fte if left else 0, 0 if left else fte)
        found[worker] = good if known(row) else said("not_countable")
    return found


def wf5(look: Look) -> Cases:
    """Agency workers among those in post."""
    found: Cases = {}
    for worker, row in staff(look).items():
        if absent(look, row) or row["professional_role"] not in SOCIAL_WORK:
            continue
        flag, fte = row["agency_worker_flag"], hours(row)
        good = said("not_met") if flag is None or fte is None else said("met", 100 if flag == "yes" else 0, fte)
        found[worker] = good if known(row) else said("not_countable")
    return found


def _changes(look: Look, judge: Callable[[int, bool], Said]) -> Cases:
    found: Cases = {}
    since = months_on(look.as_at, -12)
    for child, holder in holders(look).items():
        workers, doubt = set(), False
        for row in look.tables["involvements"]:
            start, end = row["involvement_start_date"], row["involvement_end_date"]
            if row["person_id"] != child or row["professional_id"] is None or not held(row):
                continue
            if (start is None or start <= look.as_at) and (end is None or end > since):
                workers.add(row["professional_id"])
                doubt = doubt or unclear(row)
        found[child] = said("not_countable") if unclear(holder) else judge(len(workers), doubt)
    return found


def wf7(look: Look) -> Cases:
    """Workers of twelve months, less one."""
    return _changes(look, lambda n, doubt: said("unusable") if doubt else said("met", max(n - 1, 0)))


def wf7c(look: Look) -> Cases:
    """Three workers or more."""
    return _changes(look, lambda n, doubt: said("unusable") if doubt and n < 3 else yes(n >= 3))


def open_children(look: Look) -> dict[str, tuple[date | None, bool]]:
    """Each child whose work is open: since when, and whether its days can be read. The list of care goes before that of plans."""
    found: dict[str, tuple[bool, bool, int, date | None]] = {}
    for place, (name, start, end) in enumerate(
        [("cin_episodes", "cin_start_date", "cin_close_date"), ("cp_plans", "cp_plan_start_date", "cp_plan_end_date"), ("cla_episodes", "cla_start_date", "cla_ceased_date")]
    ):  # fmt: skip
        for row in sorted(look.tables[name], key=lambda r: (r["delivery_id"], r["source_row"])):
            begun, ended = row[start], row[end]
            shut = (ended is not None and ended <= look.as_at) or (begun is not None and begun > look.as_at)
            clear = shut or (begun is not None and not row[f"{end}_unusable"])
            mine = (not shut, clear, place, begun)
            if row["person_id"] not in found or mine[:3] >= found[row["person_id"]][:3]:
                found[row["person_id"]] = mine
    return {child: (begun, clear) for child, (is_open, clear, _, begun) in found.items() if is_open}


def wf9(look: Look) -> Cases:
    """Open children whom no social worker holds."""
    people, by_child, found = staff(look), holders(look), {}
    for child, (_, clear) in open_children(look).items():
        row = by_child.get(child)
        worker = row["professional_id"] if row else None
        person = people.get(worker) if worker else None
        nobody = worker is None or (row is not None and row["professional_role_id"] not in (None, "allocated"))
        if person is not None:
            gone = person["role_end_date"] is not None and person["role_end_date"] <= look.as_at
            nobody = nobody or gone or person["professional_role"] in MANAGERS
        good = said("unusable") if row is not None and unclear(row) else yes(nobody)
        found[child] = good if clear else said("not_countable")
    return found


def _new_cases(look: Look) -> dict[str, tuple[int, bool]]:
    found: dict[str, tuple[int, bool]] = {}
    for worker in {row["professional_id"] for row in look.tables["involvements"] if row["professional_id"]}:
        mine = [row for row in look.tables["involvements"] if row["professional_id"] == worker and held(row)]
        in_month = [
            row
            for row in mine
            if (row["involvement_start_date"] is None or row["involvement_start_date"] <= look.as_at)
            and (row["involvement_end_date"] is None or row["involvement_end_date"] >= look.first)
        ]
        if in_month:
            begun = {(row["person_id"], row["involvement_start_date"]) for row in mine if row["involvement_start_date"]}
            most = max(
                (sum(day - timedelta(6) <= other <= day for _, other in begun) for _, day in begun if look.first <= day <= look.as_at),
                default=0,
            )  # fmt: skip
            found[worker] = (most, any(unclear(row) for row in mine))
    return found


def wf10(look: Look) -> Cases:
    """More than three new children within seven days."""
    return {w: said("unusable") if doubt and n <= 3 else yes(n > 3) for w, (n, doubt) in _new_cases(look).items()}


def wf10l(look: Look) -> Cases:
    """The most new children within seven days."""
    return {w: said("unusable") if doubt else said("met", n) for w, (n, doubt) in _new_cases(look).items()}


# --- supervision
def _supervised(look: Look) -> dict[str, tuple[Row, date | None, bool]]:
    """Workers who hold cases, in post: the last supervision, and whether some entry cannot be read or placed."""
    people, found = staff(look), {}
    for worker, row in people.items():
        holds = row["case_holding"] or (
            "yes" if row["professional_role"] in (None, "social_worker", "senior_practitioner") else "no"
        )
        if absent(look, row) or holds != "yes":
            continue
        name, team = (row["professional_name"] or "").lower(), row["professional_department"]
        alike = [p for p in people.values() if name and (p["professional_name"] or "").lower() == name]
        in_team = [p for p in alike if p["professional_department"] == team]
        last, doubt = None, False
        for entry in look.tables["supervision"]:
            kind = entry["supervision_kind"] or ("worker" if entry["person_id"] is None else "case")
            day = entry["supervision_date"]
            if kind != "worker" or (day is not None and day > look.as_at):
                continue
            by_id = (entry["worker"] or "").lower() == worker.lower()
            by_name = name and (entry["worker"] or "").lower() == name and (len(alike) == 1 or entry["team"] == team)
            if day is not None and (by_id or (by_name and len(in_team) == 1)):
                last = max(last or day, day)
            elif by_id or by_name:
                doubt = True
        found[worker] = (row, last, doubt)
    return found


def sv1(look: Look) -> Cases:
    """Within four weeks; in the first year within a week, then a fortnight."""
    found: Cases = {}
    for worker, (row, last, doubt) in _supervised(look).items():
        every, began = 28, row["asye_start_date"]
        if in_first_year(look, row) and began is not None:
            every = 7 if look.as_at < began + timedelta(42) else 14 if look.as_at < months_on(began, 6) else 28
        if row["role_start_date"] is not None and (look.as_at - row["role_start_date"]).days <= every:
            continue
        good = last is not None and (look.as_at - last).days <= every
        verdict = said("unusable") if doubt and not good else yes(good)
        found[worker] = verdict if known(row) else said("not_countable")
    return found


def _gap(look: Look, days: int, judge: Callable[[Row, date | None, bool], Said]) -> Cases:
    found: Cases = {}
    for worker, (row, last, doubt) in _supervised(look).items():
        start = row["role_start_date"]
        if last is None and start is not None and (look.as_at - start).days <= days:
            continue
        found[worker] = judge(row, last, doubt) if known(row) else said("not_countable")
    return found


def sv2(look: Look) -> Cases:
    """Days since the last."""

    def judge(_: Row, last: date | None, doubt: bool) -> Said:
        if doubt:
            return said("unusable")
        return said("not_met") if last is None else said("met", (look.as_at - last).days)

    return _gap(look, 28, judge)


def sv2o(look: Look) -> Cases:
    """More than eight weeks ago, or never."""

    def judge(row: Row, last: date | None, doubt: bool) -> Said:
        since = last or row["role_start_date"]
        over = since is None or (look.as_at - since).days > 56
        return said("unusable") if doubt and over else yes(over)

    return _gap(look, 56, judge)


def sv3(look: Look) -> Cases:
    """Children talked about within six weeks."""
    found: Cases = {}
    for child, (begun, clear) in open_children(look).items():
        if begun is not None and (look.as_at - begun).days <= 42:
            continue
        about = [
            e
            for e in look.tables["supervision"]
            if e["person_id"] == child and e["supervision_kind"] in (None, "case", "oversight")
        ]
        days = [e["supervision_date"] for e in about if e["supervision_date"] and e["supervision_date"] <= look.as_at]
        good = bool(days) and (look.as_at - max(days)).days <= 42
        odd = any(e["supervision_date"] is None for e in about)
        found[child] = (said("unusable") if odd and not good else yes(good)) if clear else said("not_countable")
    return found


INDICATORS: dict[str, Callable[[Look], Cases]] = {
    "WF1": wf1, "WF2": wf2, "WF2L": wf2l, "WF3": wf3, "WF3C": wf3c, "WF4": wf4, "WF5": wf5, "WF7": wf7, "WF7C": wf7c, "WF9": wf9,
    "WF10": wf10, "WF10L": wf10l, "SV1": sv1, "SV2": sv2, "SV2O": sv2o, "SV3": sv3,
}  # fmt: skip
__all__ = ["INDICATORS", "Look", "add_working_days", "working_days"]
