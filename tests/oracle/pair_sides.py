"""What each side of a pair of systems holds, told again in plain loops: one row per case, whether it counts, and which rule leaves it out.

Tables are lists of plain rows that a side sees. Not here: how the two sides meet (`pair_bridge`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

Row = dict[str, Any]
Tables = dict[str, list[Row]]
NEVER = date(1900, 1, 1)
BREAKS = ("V3", "V4")
MONTHS = 4  # back from the date, of which List 5 has every conference


class Held(NamedTuple):
    """A row of one side. `known` is false where what decides is blank or cannot be read."""

    case: str
    child: str | None
    outside: str | None
    known: bool
    since: date | None
    code: str | None = None
    coded_on: date | None = None
    place: tuple[str, str] = ("", "")

    @property
    def counts(self) -> bool:
        """Does the side count it?"""
        return self.outside is None and self.known


def place(row: Row) -> tuple[str, str]:
    """Where a row stands, as rows are told apart."""
    return (row["delivery_id"], row["source_row"])


def months_back(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


def when(start: date | None, end: date | None, on: date) -> str | None:
    """Why a span does not hold on a day, by what can be read."""
    if end is not None and end <= on:
        return "closed"
    return "not_begun" if start is not None and start > on else None


def sure(start: date | None, end: date | None, odd: bool | None, on: date) -> bool:
    """Can anybody say whether a span holds on a day?"""
    return when(start, end, on) is not None or (start is not None and not odd)


def best(rows: Iterable[Row], key: Callable[[Row], Any], order: Callable[[Row], tuple[Any, ...]]) -> list[Row]:
    """Of the rows of each key the one that comes first by `order`, and of those alike the one that stands last."""
    chosen: dict[Any, Row] = {}
    for row in sorted(rows, key=place, reverse=True):
        mine = key(row)
        if mine not in chosen or order(row) < order(chosen[mine]):
            chosen[mine] = row
    return list(chosen.values())


def newest(day: date | None) -> int:
    """An order in which the latest day goes first, and none last."""
    return -(day or NEVER).toordinal()


def event(row: Row, started: date | None) -> str:
    """An event's name."""
    return f"{row['person_id']}/{started or 'unusable:' + (row['source_row'] or '')}"


def of(rows: Iterable[Row], contract: str) -> list[Row]:
    """The rows of one list."""
    return [row for row in rows if row["contract"] == contract]


def of_child(row: Row, outside: str | None, known: bool, since: date | None, *code: Any) -> Held:
    """A child's row, perhaps with its code and the day of what that says."""
    return Held(row["person_id"], row["person_id"], outside, known, since, *(code or (None, None)), place=place(row))


def need(status: str) -> Callable[[Tables, date], list[Held]]:
    """List 6: the children whose status is the one asked for."""
    other = {"looked_after": "child_protection_plan", "child_protection_plan": "looked_after"}[status]

    def side(tables: Tables, on: date) -> list[Held]:
        found = []
        for row in tables["cin_episodes"]:
            outside = when(row["cin_start_date"], row["cin_close_date"], on)
            told = row["case_status"]
            if outside is None and told not in (status, None):
                outside = {"closed": "closed_status", other: f"{other}_status"}.get(told, "other_status")
            known = (
                sure(row["cin_start_date"], row["cin_close_date"], row["cin_close_date_unusable"], on)
                and told is not None
            )
            found.append(of_child(row, outside, known, row["cin_start_date"]))
        return found

    return side


def _plan_of(rows: Iterable[Row], on: date) -> list[Row]:
    return best(
        rows, lambda row: row["person_id"],
        lambda row: (when(row["cp_plan_start_date"], row["cp_plan_end_date"], on) is not None, row["cp_plan_start_date"] is None),
    )  # fmt: skip


def _plan_sure(row: Row, on: date) -> bool:
    return sure(row["cp_plan_start_date"], row["cp_plan_end_date"], row["cp_plan_end_date_unusable"], on)


def _care_outside(row: Row, on: date) -> str | None:
    if row["cla_ceased_date"] is not None and row["cla_ceased_date"] <= on:
        return "ceased"
    if row["cla_start_date"] is not None and row["cla_start_date"] > on:
        return "not_begun"
    return "short_break" if row["legal_status"] in BREAKS else None


def _care_known(row: Row) -> bool:
    return row["cla_start_date"] is not None and not row["cla_ceased_date_unusable"]


def _care_of(rows: Iterable[Row], on: date, doubtful_last: bool = True) -> list[Row]:
    return best(
        rows, lambda row: row["person_id"],
        lambda row: (
            _care_outside(row, on) is not None, row["cla_start_date"] is None, bool(row["cla_ceased_date_unusable"]) and doubtful_last,
        ),
    )  # fmt: skip


def protected(tables: Tables, on: date) -> list[Held]:
    """List 7, but whoever is looked after too."""
    cared = {
        row["person_id"]
        for row in _care_of(tables["cla_episodes"], on)
        if _care_known(row) and _care_outside(row, on) in (None, "short_break")
    }
    return [
        of_child(
            row, when(row["cp_plan_start_date"], row["cp_plan_end_date"], on) or ("also_looked_after" if row["person_id"] in cared else None),
            _plan_sure(row, on), row["cp_plan_start_date"],
        )
        for row in _plan_of(tables["cp_plans"], on)
    ]  # fmt: skip


def cared_for(tables: Tables, on: date) -> list[Held]:
    """List 8, short breaks aside."""
    return [
        of_child(
            row, _care_outside(row, on), _care_known(row) and not row["legal_status_unusable"], row["cla_start_date"]
        )
        for row in _care_of(tables["cla_episodes"], on)
    ]


def _status(row: Row) -> tuple[str | None, date | None]:
    told = row["legal_status"]
    return (None if told is None else "short break" if told in BREAKS else "care"), row["cla_start_date"]


def returned_care(tables: Tables, on: date) -> list[Held]:
    """SSDA903."""
    return [
        of_child(
            row, _care_outside(row, on), _care_known(row) and not row["legal_status_unusable"], row["cla_start_date"], *_status(row)
        )
        for row in _care_of(tables["cla_episodes"], on)
    ]  # fmt: skip


def _forgotten(listed: list[Row], known: Iterable[Row], on: date, start: str, end: str) -> list[Held]:
    """What ended so long before the list was taken that it has forgotten it, by the case system."""
    if not listed:
        return []
    taken = months_back(max(row["extracted_on"] for row in listed), 6)
    named = {row["person_id"] for row in listed}
    ended = [
        row for row in known
        if row[start] and row[start] <= on and row[end] and on < row[end] < taken and row["person_id"] not in named
    ]  # fmt: skip
    chosen = best(ended, lambda row: row["person_id"], lambda row: (newest(row[start]),))
    return [of_child(row, "ended_since", True, row[start]) for row in chosen]


def listed_care(tables: Tables, on: date) -> list[Held]:
    """List 8, and what it has forgotten."""
    listed = of(tables["cla_episodes"], "annex_a.list_08")
    named = [
        of_child(
            row, _care_outside(row, on), _care_known(row) and not row["legal_status_unusable"], row["cla_start_date"], *_status(row)
        )
        for row in _care_of(listed, on, doubtful_last=False)
    ]  # fmt: skip
    return named + _forgotten(
        listed, of(tables["cla_episodes"], "ssd.cla_episodes"), on, "cla_start_date", "cla_ceased_date"
    )


def _plans(rows: Iterable[Row], on: date) -> list[Held]:
    return [
        of_child(
            row, when(row["cp_plan_start_date"], row["cp_plan_end_date"], on), _plan_sure(row, on), row["cp_plan_start_date"],
            row["initial_category"], row["cp_plan_start_date"],
        )
        for row in _plan_of(rows, on)
    ]  # fmt: skip


def returned_plans(tables: Tables, on: date) -> list[Held]:
    """The census."""
    return _plans(tables["cp_plans"], on)


def listed_plans(tables: Tables, on: date) -> list[Held]:
    """List 7, and what it has forgotten."""
    listed = of(tables["cp_plans"], "annex_a.list_07")
    known = of(tables["cp_plan_history"], "ssd.cp_plans")
    return _plans(listed, on) + _forgotten(listed, known, on, "cp_plan_start_date", "cp_plan_end_date")


def _in_months(day: date | None, on: date) -> str | None:
    if day is not None and day <= months_back(on, MONTHS):
        return "before"
    return "after" if day is not None and day > on else None


def _held_once(rows: Iterable[Held]) -> list[Held]:
    """Of several rows of one event the one that no rule leaves out, then one that can be told."""
    chosen: dict[str, Held] = {}
    for row in sorted(
        sorted(rows, key=lambda row: row.place, reverse=True), key=lambda row: (row.outside is not None, not row.known)
    ):
        chosen.setdefault(row.case, row)
    return list(chosen.values())


def conferences(tables: Tables, on: date) -> list[Held]:
    """List 5: conferences that made a plan."""
    found = []
    for row in tables["initial_cp_conference"]:
        outside = _in_months(row["icpc_date"], on) or ("no_plan_made" if row["icpc_outcome_cp"] == "no" else None)
        known = row["icpc_date"] is not None and row["icpc_outcome_cp"] is not None
        found.append(
            Held(event(row, row["icpc_date"]), row["person_id"], outside, known, row["icpc_date"], place=place(row))
        )
    return _held_once(found)


def begun(tables: Tables, on: date) -> list[Held]:
    """List 7: plans begun."""
    return [
        Held(
            event(row, row["cp_plan_start_date"]), row["person_id"], _in_months(row["cp_plan_start_date"], on),
            row["cp_plan_start_date"] is not None, row["cp_plan_start_date"], place=place(row),
        )
        for row in tables["cp_plans"]
    ]  # fmt: skip


def new_plans(tables: Tables, on: date) -> list[Held]:
    """List 7: children with a new plan, and the case system's where the list has another plan or none."""
    listed = best(
        of(tables["cp_plans"], "annex_a.list_07"), lambda row: row["person_id"],
        lambda row: (_in_months(row["cp_plan_start_date"], on) is not None, row["cp_plan_start_date"] is None),
    )  # fmt: skip
    history = best(
        [
            row for row in of(tables["cp_plan_history"], "ssd.cp_plans")
            if row["cp_plan_start_date"] and _in_months(row["cp_plan_start_date"], on) is None
        ],
        lambda row: row["person_id"], lambda row: (newest(row["cp_plan_start_date"]),),
    )  # fmt: skip
    theirs, mine = {row["person_id"] for row in history}, {row["person_id"] for row in listed}
    found = []
    for row in listed:
        outside = _in_months(row["cp_plan_start_date"], on)
        outside = "replaced" if outside == "after" and row["person_id"] in theirs else outside
        found.append(of_child(row, outside, row["cp_plan_start_date"] is not None, row["cp_plan_start_date"]))
    return found + [
        of_child(row, "left_out", True, row["cp_plan_start_date"]) for row in history if row["person_id"] not in mine
    ]


def enquiries(tables: Tables, on: date) -> list[Held]:
    """List 5: the enquiry of a child that came farthest, and the links that the case system has."""
    rows = [{**row, "mine": row["contract"] == "annex_a.list_05", "moved": False} for row in tables["s47_enquiry"]]
    rows += [
        {**row, "mine": False, "moved": row["icpc_transfer_in"] == "yes"}
        for row in of(tables["initial_cp_conference"], "ssd.initial_cp_conference")
        if row["s47_start_date"] is None or row["icpc_transfer_in"] == "yes"
    ]
    told = []
    for row in rows:
        held, made = row["icpc_date"], row["icpc_outcome_cp"]
        outside = _in_months(held, on)
        if outside is None and held is None and not row["icpc_date_unusable"]:
            outside = "no_conference"
        elif outside is None and made == "no":
            outside = "no_plan_made"
        elif outside is None and not row["mine"] and held is not None and made is not None:
            outside = "moved_in" if row["moved"] else "no_enquiry" if row["s47_start_date"] is None else "left_out"
        known = outside is not None or (held is not None and made is not None)
        if row["mine"] or (outside is not None and known):
            told.append({**row, "outside": outside, "known": known})

    def far(row: Row) -> tuple[Any, ...]:
        rank = 5 if row["mine"] else 6
        if row["mine"] and row["outside"] is None:
            rank = 1 if row["known"] else 2
        elif row["mine"] and row["outside"] == "no_plan_made":
            rank = 3
        elif row["outside"] in ("moved_in", "left_out", "no_enquiry"):
            rank = 4
        after = {"moved_in": 0, "left_out": 1, "no_enquiry": 2}.get(row["outside"] or "", 0)
        return (rank, after, newest(row["icpc_date"]), newest(row["s47_start_date"]))

    return [
        of_child(row, row["outside"], row["known"], row["s47_start_date"] or row["icpc_date"])
        for row in best(told, lambda row: row["person_id"], far)
    ]
