"""Slips of those who count: cases left out, counted twice, of another date or team, or with another value.

What belongs here changes the managers' counts; the system stays as faults.py left it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from countermark.sample import outside
from countermark.sample.authority import CARE_ONE, CARE_TWO, CENTRAL, EAST, NORTH, WEST
from countermark.sample.claims import EVENTS, Claim, Line
from countermark.sample.counts import HEADCOUNTS, Member
from countermark.sample.days import add_wd
from countermark.sample.histories import Row
from countermark.sample.lists import Lists
from countermark.sample.planting import Planted, child_of
from countermark.sample.slip_plan import SLIPS

UNKNOWN_FROM = 9_900_001

_PARTNER = {EAST: WEST, NORTH: CENTRAL, CENTRAL: NORTH, CARE_ONE: CARE_TWO}


@dataclass
class Counters:
    """The counts being made, with what the system shows now and what was true, to slip from."""

    rng: Random
    scale: float
    as_at: date
    claims: dict[tuple[str, str], Claim]
    now: dict[str, dict[str, Member]]
    at_hand: dict[str, dict[str, Member]]
    really: Lists
    planted: Planted
    unknown: int = UNKNOWN_FROM

    def number(self, at_scale_one: int) -> int:
        """How many of a slip to make: at least one."""
        return max(1, round(at_scale_one * self.scale))

    def free(self, indicator: str, team: str, case: str) -> bool:
        """Whether nothing has happened to the case in any count of the indicator."""
        taken = any(i == indicator and c == case for i, _, c in self.planted.of_count)
        return not taken and child_of(case) not in self.planted.used

    def lines(self, indicator: str, team: str, numerator: bool | None = True) -> list[Line]:
        """Free lines of a count, in random order; of the numerator unless told otherwise."""
        found = [
            line
            for line in self.claims[indicator, team].lines
            if (numerator is None or line.numerator is numerator) and self.free(indicator, team, line.stands_for)
        ]
        self.rng.shuffle(found)
        return found


def slip(counters: Counters) -> None:
    """Let the counters slip as `SLIPS` says, then give some counts without their list."""
    _unaware(counters)
    for kind, indicator, team, number in SLIPS:
        _KINDS[kind](counters, indicator, team, counters.number(number))


def _unaware(counters: Counters) -> None:
    """What the counters did not know, and whom they left out because they had been seen since."""
    planted = counters.planted
    for claim in counters.claims.values():
        claim.lines = [line for line in claim.lines if not (claim.indicator == "CP3" and line.case in planted.missed)]
        if claim.indicator in ("PP1", "PP3"):
            claim.lines = [line for line in claim.lines if line.case not in planted.seen_since]
        for line in claim.lines:
            if line.case in planted.missed and claim.indicator not in HEADCOUNTS:
                line.numerator, line.event = False, None


def _identity(counters: Counters, indicator: str, team: str, number: int) -> None:
    planted = counters.planted
    lines = [x for x in counters.claims[indicator, team].lines if x.case[0] == "0" and x.numerator]
    for line in [x for x in lines if planted.reason(indicator, team, x.case) is None][:number]:
        planted.in_count("zeros_lost", indicator, team, line.case, "IDENTITY")
        line.system, line.case = line.case, line.case.lstrip("0")


def _twice(counters: Counters, indicator: str, team: str, number: int) -> None:
    for line in counters.lines(indicator, team)[:number]:
        counters.planted.in_count("listed_twice", indicator, team, line.case, "DUPLICATE_MANUAL")
        counters.claims[indicator, team].lines.append(Line(line.case, line.numerator, line.event))


def _left_out(counters: Counters, indicator: str, team: str, number: int) -> None:
    for line in counters.lines(indicator, team)[:number]:
        counters.planted.in_count("left_out", indicator, team, line.case, "SYSTEM_ONLY")
        counters.claims[indicator, team].lines.remove(line)


def _flag(counters: Counters, indicator: str, team: str, number: int) -> None:
    for line in counters.lines(indicator, team)[:number]:
        counters.planted.in_count("flag_differs", indicator, team, line.case, "VALUE")
        line.numerator = False


def _value(counters: Counters, indicator: str, team: str, number: int) -> None:
    """The list holds a date, or a flag, that would have met the standard; the system holds another."""
    made = 0
    for line in counters.lines(indicator, team, numerator=False):
        better = _better(counters, indicator, line)
        if line.event is None or better is None or made == number:
            continue
        made += 1
        counters.planted.in_count("value_differs", indicator, team, line.case, "VALUE")
        line.numerator, line.event = True, better


def _better(counters: Counters, indicator: str, line: Line) -> date | None:
    """A date that would have been in time, or None where none is possible."""
    if indicator == "PP1":
        return add_wd(counters.as_at, -counters.rng.randint(1, 8))
    if indicator == "LA8":
        return counters.as_at - timedelta(days=counters.rng.randint(5, 300))
    if indicator == "PP3":
        return line.event
    start = date.fromisoformat(line.case.rpartition("/")[2])
    due = add_wd(start, 45 if indicator == "AS2" else 15)
    return due if indicator == "AS2" or due >= counters.as_at.replace(day=1) else None


def _nowhere(counters: Counters, indicator: str, team: str, number: int) -> None:
    """A case that the system has never heard of."""
    for _ in range(number):
        counters.unknown += counters.rng.randint(1, 9)
        event = add_wd(counters.as_at, -counters.rng.randint(1, 8))
        case = str(counters.unknown)
        if indicator in EVENTS:
            back = {"AS2": 50, "AS3": 60, "CP3": 20, "CP4": 22}[indicator]
            start = add_wd(counters.as_at, -back)
            case, event = f"{case}/{start.isoformat()}", event if indicator in ("AS2", "CP3") else start
        counters.planted.in_count("nowhere_in_the_system", indicator, team, case, "MANUAL_ONLY")
        counters.claims[indicator, team].lines.append(Line(case, True, event))


def _theirs(counters: Counters, indicator: str, team: str, number: int) -> None:
    """A case of another team is listed here, and no longer there."""
    other = _PARTNER[team]
    for line in _listed_here(counters, indicator, team, number):
        counters.planted.in_count("listed_by_another_team", indicator, other, line.case, "TEAM")
        counters.claims[indicator, other].lines.remove(line)


def _listed_here(counters: Counters, indicator: str, team: str, number: int) -> list[Line]:
    """Cases of the partner team, which list them too, are added to the list."""
    found = counters.lines(indicator, _PARTNER[team])[:number]
    for line in found:
        counters.planted.in_count("lists_another_teams_case", indicator, team, line.case, "TEAM")
        counters.claims[indicator, team].lines.append(Line(line.case, True, line.event))
    return found


Slip = Callable[[Counters, str, str, int], None]
Outside = Callable[[Row, date], outside.Listed | None]


def _add(kind: str, reason: str, fits: Outside) -> Callable[[Counters, str, str, int], None]:
    """A slip that lists cases which the system holds outside the cohort."""

    def add(counters: Counters, indicator: str, team: str, number: int) -> None:
        rows = [row for row in counters.really[_LISTS[indicator]] if row["team"] == team]
        counters.rng.shuffle(rows)
        made = 0
        for row in rows:
            found = fits({**row, "indicator": indicator}, counters.as_at)
            if found is None or made == number or not _outside(counters, indicator, team, found[0], kind):
                continue
            made += 1
            counters.planted.in_count(kind, indicator, team, found[0], reason)
            counters.claims[indicator, team].lines.append(Line(*found))

    return add


def _outside(counters: Counters, indicator: str, team: str, case: str, kind: str) -> bool:
    """Whether the case is in no figure, and free; short breaks and the like were set aside for this."""
    member = counters.now[indicator].get(case)
    if member is not None:
        return False
    told = {x["case_id"] for x in counters.planted.told if x["fault"] in (kind, _SET_ASIDE.get(kind))}
    return counters.free(indicator, team, case) or (
        kind in _SET_ASIDE and case in told and not _taken(counters, indicator, case)
    )


def _taken(counters: Counters, indicator: str, case: str) -> bool:
    return any(i == indicator and c == case for i, _, c in counters.planted.of_count)


_SET_ASIDE = {"short_break": "short_break", "not_begun": "began_after", "pending": "pending_referral"}


def _theirs_too(counters: Counters, indicator: str, team: str, number: int) -> None:
    """A case of another team is listed here and there."""
    _listed_here(counters, indicator, team, number)


_LISTS = {"PP1": 7, "PP0": 7, "LA8": 8, "LA0": 8, "AS2": 4, "AS3": 4, "CP3": 5, "CP4": 5, "FD5": 3}
_KINDS: dict[str, Slip] = {
    "identity": _identity,
    "twice": _twice,
    "left_out": _left_out,
    "flag": _flag,
    "value": _value,
    "nowhere": _nowhere,
    "theirs": _theirs,
    "theirs_too": _theirs_too,
    "other_case": _add("other_case", "AS_AT", outside.other_case),
    "too_new": _add("too_new", "SCOPE", outside.too_new),
    "short_break": _add("short_break", "SCOPE", outside.short_break),
    "on_plan": _add("on_plan", "SCOPE", outside.on_plan),
    "pending": _add("pending", "SCOPE", outside.pending),
    "not_begun": _add("not_begun", "AS_AT", outside.not_begun),
}
