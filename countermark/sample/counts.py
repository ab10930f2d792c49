"""The fifteen indicators in plain Python over rows, as the contract defines them: the sample's own second opinion.

What belongs here reads rows (lists.py) and nothing of the histories, and shares nothing with `sql/`. Views are given
newest first; the first decides all but a last visit or check, of which an older view may still show what was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from countermark.sample.days import add_wd, wd, years_before
from countermark.sample.histories import Row, Unreadable
from countermark.sample.lists import Lists

HEADCOUNTS = ("PP0", "LA0", "CN0")
NOT_COUNTABLE, OVERTAKEN, UNUSABLE = "not_countable", "overtaken", "unusable"


@dataclass(frozen=True)
class Member:
    """One case of an indicator; a case that is not countable or overtaken is in neither measure."""

    case: str
    team: str | None
    denominator: bool
    numerator: bool
    state: str
    event: date | None


@dataclass(frozen=True)
class Question:
    """What is asked: the as-at date, and the views to answer from, newest first."""

    as_at: date
    views: list[Lists]
    index: dict[tuple[int, int], dict[str, Row]] = field(default_factory=dict)

    def row_of(self, view: int, number: int, child: str) -> Row | None:
        """The row of a child in an older view."""
        if (view, number) not in self.index:
            self.index[view, number] = {row["id"]: row for row in self.views[view][number]}
        return self.index[view, number].get(child)

    def rows(self, number: int) -> list[Row]:
        """The newest rows of a list."""
        return self.views[0][number]

    @property
    def month(self) -> date:
        """The first day of the month that ends at the as-at date."""
        return self.as_at.replace(day=1)

    def in_month(self, day: date | None) -> bool:
        """Whether a day lies in the month that ends at the as-at date."""
        return day is not None and self.month <= day <= self.as_at


Found = Iterator[Member | None]


def members(indicator: str, question: Question) -> dict[str, Member]:
    """Every case of an indicator, by case id; exact duplicates are one."""
    return {m.case: m for m in RULES[indicator](question) if m is not None}


def _make(row: Row, case: str, numerator: bool, event: date | None = None, state: str = "") -> Member:
    counted = state not in (NOT_COUNTABLE, OVERTAKEN)
    return Member(
        case, row["team"], counted, counted and numerator, state or ("met" if numerator else "not_met"), event
    )


def _event(row: Row, key: str) -> str:
    return f"{row['id']}/{row[key].isoformat()}"


def _by(day: object, as_at: date) -> bool:
    return isinstance(day, date) and day <= as_at


def _present(q: Question, number: int) -> Iterator[tuple[Row, bool]]:
    """Rows on a plan or looked after at the as-at date, and whether their dates can be read."""
    for row in q.rows(number):
        if isinstance(row["start"], Unreadable) or isinstance(row["end"], Unreadable):
            yield row, False
        elif row["start"] <= q.as_at and not _by(row["end"], q.as_at) and str(row.get("legal"))[:2] not in ("V3", "V4"):
            yield row, True


def _last(q: Question, number: int, row: Row, key: str) -> tuple[Row, bool]:
    """The row whose last visit or check decides, and False where every extract shows one after the as-at date."""
    for view in range(len(q.views)):
        shown = q.row_of(view, number, row["id"]) if view else row
        if shown is not None and (not isinstance(shown[key], date) or shown[key] <= q.as_at):
            return shown, True
    return row, False


def _headcount(number: int) -> Callable[[Question], Found]:
    def count(q: Question) -> Found:
        for row, readable in _present(q, number):
            yield _make(row, row["id"], True, None, "" if readable else NOT_COUNTABLE)

    return count


def _cn0(q: Question) -> Found:
    for row in q.rows(6):
        if row["start"] <= q.as_at and not _by(row["closed"], q.as_at):
            yield _make(row, row["id"], True)


def _fd5(q: Question) -> Found:
    for row in q.rows(3):
        if q.in_month(row["referred_on"]) and row["nfa"] is not None:
            yield _make(row, _event(row, "referred_on"), row["nfa"] == "a) Yes", row["referred_on"])


def _as1(q: Question) -> Found:
    for row in q.rows(4):
        done = row["authorised"]
        if isinstance(done, Unreadable):
            yield _make(row, _event(row, "start"), False, None, NOT_COUNTABLE)
        elif q.in_month(done):
            yield _make(row, _event(row, "start"), wd(row["start"], done) <= 45, done)


def _as2(q: Question) -> Found:
    for row in q.rows(4):
        start, done = row["start"], row["authorised"]
        if not q.in_month(add_wd(start, 45)):
            continue
        if isinstance(done, Unreadable):
            yield _make(row, _event(row, "start"), False, None, UNUSABLE)
        else:
            yield _make(row, _event(row, "start"), done is not None and wd(start, done) <= 45, done)


def _as3(q: Question) -> Found:
    for row in q.rows(4):
        if row["start"] > q.as_at or _by(row["authorised"], q.as_at):
            continue
        state = NOT_COUNTABLE if isinstance(row["authorised"], Unreadable) else ""
        yield _make(row, _event(row, "start"), wd(row["start"], q.as_at) > 45, row["start"], state)


def _cp3(q: Question) -> Found:
    for row in q.rows(5):
        held = row["conference"]
        if isinstance(held, Unreadable):
            yield _make(row, _event(row, "discussion"), False, None, NOT_COUNTABLE)
        elif q.in_month(held):
            yield _make(row, _event(row, "discussion"), wd(row["discussion"], held) <= 15, held)


def _cp4(q: Question) -> Found:
    plans = {row["id"]: row for row in q.rows(7) if isinstance(row["start"], date)}
    for row in q.rows(5):
        day, plan = row["discussion"], plans.get(row["id"])
        on_plan = plan is not None and plan["start"] <= day and not _by(plan["end"], day)
        if day > q.as_at or _by(row["conference"], q.as_at) or row["unnecessary"] == "a) Yes" or on_plan:
            continue
        state = NOT_COUNTABLE if isinstance(row["conference"], Unreadable) else ""
        yield _make(row, _event(row, "discussion"), wd(day, q.as_at) > 15, day, state)


def _pp1(q: Question) -> Found:
    for row, readable in _present(q, 7):
        if not readable:
            yield _make(row, row["id"], False, None, NOT_COUNTABLE)
        elif wd(row["start"], q.as_at) > 10:
            shown, known = _last(q, 7, row, "visit")
            seen = shown["visit"]
            state = "" if known else OVERTAKEN
            if isinstance(seen, Unreadable):
                yield _make(row, row["id"], False, None, UNUSABLE)
            else:
                yield _make(row, row["id"], known and seen is not None and wd(seen, q.as_at) <= 10, seen, state)


def _pp3(q: Question) -> Found:
    for row, readable in _present(q, 7):
        if row["dob"] is not None and row["dob"] > q.as_at:
            continue
        if not readable:
            yield _make(row, row["id"], False, None, NOT_COUNTABLE)
            continue
        shown, known = _last(q, 7, row, "visit")
        if isinstance(shown["visit"], Unreadable):
            yield _make(row, row["id"], False, None, UNUSABLE)
        elif shown["visit"] is not None:
            yield _make(row, row["id"], shown["alone"] == "a) Yes", shown["visit"], "" if known else OVERTAKEN)


def _pp6(q: Question) -> Found:
    for row, readable in _present(q, 7):
        if not readable:
            yield _make(row, row["id"], False, None, NOT_COUNTABLE)
        else:
            yield _make(row, row["id"], row["start"] <= years_before(q.as_at, 2), row["start"])


def _pp7(q: Question) -> Found:
    for row in q.rows(7):
        if isinstance(row["start"], Unreadable):
            yield _make(row, row["id"], False, None, NOT_COUNTABLE)
        elif q.in_month(row["start"]):
            yield _make(row, row["id"], (row["previous"] or 0) >= 1, row["start"])


def _la4(q: Question) -> Found:
    for row, readable in _present(q, 8):
        yield _make(row, row["id"], readable and row["placements"] >= 3, None, "" if readable else NOT_COUNTABLE)


def _la8(q: Question) -> Found:
    for row, readable in _present(q, 8):
        if not readable:
            yield _make(row, row["id"], False, None, NOT_COUNTABLE)
            continue
        shown, known = _last(q, 8, row, "dental")
        check = shown["dental"]
        if isinstance(check, Unreadable):
            yield _make(row, row["id"], False, None, UNUSABLE)
        else:
            recent = known and check is not None and years_before(q.as_at, 1) < check
            yield _make(row, row["id"], recent, check, "" if known else OVERTAKEN)


RULES: dict[str, Callable[[Question], Found]] = {
    "PP0": _headcount(7), "LA0": _headcount(8), "CN0": _cn0, "FD5": _fd5, "AS1": _as1, "AS2": _as2, "AS3": _as3,
    "CP3": _cp3, "CP4": _cp4, "PP1": _pp1, "PP3": _pp3, "PP6": _pp6, "PP7": _pp7, "LA4": _la4, "LA8": _la8,
}  # fmt: skip


def figures(question: Question) -> list[dict[str, object]]:
    """Numerator, denominator, not countable and overtaken of every indicator, for each team and `ALL`."""
    made = []
    for indicator in RULES:
        found = list(members(indicator, question).values())
        teams = sorted({m.team for m in found if m.team})
        for team in [*teams, "ALL"]:
            held = [m for m in found if team in ("ALL", m.team)]
            below = sum(m.denominator for m in held)
            if below or team == "ALL":
                made.append({
                    "indicator_id": indicator, "team": team, "numerator": sum(m.numerator for m in held),
                    "denominator": None if indicator in HEADCOUNTS else below,
                    "not_countable": sum(m.state == NOT_COUNTABLE for m in held),
                    "overtaken": sum(m.state == OVERTAKEN for m in held),
                })  # fmt: skip
    return made
