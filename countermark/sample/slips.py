"""Slips of those who count: cases left out, counted twice, of another date or team, with another value, or without a list.

What belongs here changes the managers' counts; the system stays as faults.py left it. `SLIPS` is the plan: what, in which
count, how many at scale 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from countermark.sample.authority import ASSESSMENT, CARE, DISABILITY, SAFEGUARDING
from countermark.sample.claims import EVENTS, Claim, Line
from countermark.sample.counts import HEADCOUNTS, Member
from countermark.sample.days import add_wd, wd
from countermark.sample.histories import Row
from countermark.sample.lists import Lists
from countermark.sample.planting import Planted, child_of

EAST, WEST, HARBOUR = SAFEGUARDING
NORTH, CENTRAL, SOUTH = ASSESSMENT
CARE_ONE, CARE_TWO = CARE
UNKNOWN_FROM = 9_900_001

SLIPS: tuple[tuple[str, str, str, int], ...] = (
    ("identity", "PP1", EAST, 1), ("identity", "PP1", WEST, 1), ("identity", "PP3", WEST, 1), ("identity", "AS2", NORTH, 1),
    ("identity", "AS3", SOUTH, 1), ("identity", "LA8", CARE_ONE, 2), ("identity", "LA0", CARE_ONE, 1),
    ("other_case", "PP1", EAST, 2), ("other_case", "PP1", WEST, 1), ("other_case", "PP0", EAST, 1),
    ("other_case", "AS2", NORTH, 1), ("other_case", "AS2", CENTRAL, 1), ("other_case", "AS3", CENTRAL, 1),
    ("other_case", "CP3", WEST, 1), ("other_case", "CP4", EAST, 1), ("other_case", "LA8", CARE_ONE, 2),
    ("other_case", "LA0", CARE_ONE, 1),
    ("too_new", "PP1", EAST, 1), ("too_new", "PP1", HARBOUR, 1), ("short_break", "LA8", CARE_ONE, 2),
    ("short_break", "LA0", CARE_ONE, 2), ("on_plan", "CP4", EAST, 1), ("pending", "FD5", CENTRAL, 2),
    ("not_begun", "LA8", CARE_ONE, 1), ("not_begun", "LA0", CARE_ONE, 1),
    ("twice", "PP1", EAST, 1), ("twice", "PP1", HARBOUR, 1), ("twice", "PP3", HARBOUR, 1), ("twice", "AS2", NORTH, 1),
    ("twice", "AS3", NORTH, 1), ("twice", "LA8", CARE_ONE, 1), ("twice", "LA0", CARE_ONE, 1),
    ("theirs_too", "PP1", EAST, 1), ("theirs", "PP1", EAST, 1), ("theirs", "AS2", NORTH, 1), ("theirs_too", "AS2", CENTRAL, 1),
    ("theirs_too", "LA8", CARE_ONE, 1),
    ("value", "PP1", EAST, 1), ("value", "PP1", WEST, 1), ("value", "PP1", HARBOUR, 1), ("value", "PP3", EAST, 1),
    ("value", "AS2", NORTH, 1), ("value", "AS2", CENTRAL, 1), ("value", "LA8", CARE_ONE, 2), ("value", "CP3", WEST, 1),
    ("flag", "AS3", NORTH, 1), ("flag", "CP4", HARBOUR, 1),
    ("nowhere", "PP1", EAST, 1), ("nowhere", "PP1", HARBOUR, 1), ("nowhere", "PP3", WEST, 1), ("nowhere", "AS2", CENTRAL, 1),
    ("nowhere", "AS3", SOUTH, 1), ("nowhere", "CP3", WEST, 1), ("nowhere", "CP4", HARBOUR, 1), ("nowhere", "LA8", CARE_ONE, 2),
    ("left_out", "PP1", WEST, 1), ("left_out", "PP1", HARBOUR, 1), ("left_out", "PP3", HARBOUR, 1), ("left_out", "AS2", NORTH, 1),
    ("left_out", "AS2", CENTRAL, 1), ("left_out", "AS3", CENTRAL, 1), ("left_out", "CP3", WEST, 1),
    ("left_out", "CP4", EAST, 1), ("left_out", "LA8", CARE_ONE, 2), ("left_out", "PP0", EAST, 1), ("left_out", "FD5", CENTRAL, 1),
)  # fmt: skip
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
            if (numerator is None or line.numerator is numerator) and self.free(indicator, team, line.case)
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


Outside = Callable[[Row, date], tuple[str, bool, date | None] | None]


def _add(kind: str, reason: str, number_of_list: dict[str, int], fits: Outside) -> Callable[[Counters, str, str, int], None]:
    """A slip that lists cases which the system holds outside the cohort."""

    def add(counters: Counters, indicator: str, team: str, number: int) -> None:
        rows = [row for row in counters.really[number_of_list[indicator]] if row["team"] == team]
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
    return counters.free(indicator, team, case) or (kind in _SET_ASIDE and case in told and not _taken(counters, indicator, case))


def _taken(counters: Counters, indicator: str, case: str) -> bool:
    return any(i == indicator and c == case for i, _, c in counters.planted.of_count)


_SET_ASIDE = {"short_break": "short_break", "not_begun": "began_after", "pending": "pending_referral"}


def _too_new(row: Row, as_at: date) -> tuple[str, bool, date | None] | None:
    """A plan ten working days old or less, whose child has been seen."""
    if row["start"] > as_at or wd(row["start"], as_at) > 10 or row["end"] is not None or row["visit"] is None:
        return None
    return row["id"], True, row["visit"]


def _short_break(row: Row, as_at: date) -> tuple[str, bool, date | None] | None:
    checked = row["dental"]
    if row["legal"][:2] not in ("V3", "V4") or row["start"] > as_at or row["end"] is not None:
        return None
    return row["id"], row["indicator"] == "LA0" or (checked is not None and wd(checked, as_at) < 245), checked


def _not_begun(row: Row, as_at: date) -> tuple[str, bool, date | None] | None:
    if row["start"] <= as_at or row["end"] is not None or row["start"] > add_wd(as_at, 2):
        return None
    checked = row["dental"]
    return row["id"], row["indicator"] == "LA0" or (checked is not None and wd(checked, as_at) < 245), checked


def _on_plan(row: Row, as_at: date) -> tuple[str, bool, date | None] | None:
    day = row["discussion"]
    if row["unnecessary"] != "b) No" or row["conference"] is not None or day > as_at:
        return None
    return f"{row['id']}/{day.isoformat()}", wd(day, as_at) > 15, day


def _pending(row: Row, as_at: date) -> tuple[str, bool, date | None] | None:
    on = row["referred_on"]
    if row["nfa"] is not None or not as_at.replace(day=1) <= on <= as_at:
        return None
    return f"{row['id']}/{on.isoformat()}", False, on


def _other_case(row: Row, as_at: date) -> tuple[str, bool, date | None] | None:
    """A case of another date: closed by then, held before the month, or due in another."""
    indicator, before = row["indicator"], as_at.replace(day=1) - timedelta(days=1)
    if indicator in ("PP1", "PP0"):
        ended = row["end"] is not None and add_wd(as_at, -25) < row["end"] <= as_at
        seen = row["visit"]
        return (row["id"], indicator == "PP0" or wd(seen, as_at) <= 10, seen) if ended and seen else None
    if indicator in ("LA8", "LA0"):
        ended, checked = row["end"] is not None and add_wd(as_at, -60) < row["end"] <= as_at, row["dental"]
        met = indicator == "LA0" or (checked is not None and wd(checked, as_at) < 245)
        return (row["id"], met, checked) if ended else None
    if indicator in ("CP3", "CP4"):
        return _other_conference(row, as_at, before)
    case, done = f"{row['id']}/{row['start'].isoformat()}", row["authorised"]
    if indicator == "AS3":
        closed = done is not None and add_wd(as_at, -12) < done <= as_at
        return (case, wd(row["start"], as_at) > 45, row["start"]) if closed else None
    due = add_wd(row["start"], 45)
    late = done is not None and add_wd(before, -10) < due <= before and done <= due
    return (case, True, done) if late else None


def _other_conference(row: Row, as_at: date, before: date) -> tuple[str, bool, date | None] | None:
    held, day = row["conference"], row["discussion"]
    if held is None:
        return None
    case = f"{row['id']}/{day.isoformat()}"
    if row["indicator"] == "CP3":
        return (case, wd(day, held) <= 15, held) if add_wd(before, -25) < held <= before else None
    return (case, wd(day, as_at) > 15, day) if add_wd(as_at, -12) < held <= as_at else None


_LISTS = {"PP1": 7, "PP0": 7, "LA8": 8, "LA0": 8, "AS2": 4, "AS3": 4, "CP3": 5, "CP4": 5, "FD5": 3}
_KINDS: dict[str, Callable[[Counters, str, str, int], None]] = {
    "identity": _identity, "twice": _twice, "left_out": _left_out, "flag": _flag, "value": _value, "nowhere": _nowhere,
    "theirs": _theirs, "theirs_too": lambda c, i, t, n: None if _listed_here(c, i, t, n) is None else None,
    "other_case": _add("other_case", "AS_AT", _LISTS, _other_case), "too_new": _add("too_new", "SCOPE", _LISTS, _too_new),
    "short_break": _add("short_break", "SCOPE", _LISTS, _short_break), "on_plan": _add("on_plan", "SCOPE", _LISTS, _on_plan),
    "pending": _add("pending", "SCOPE", _LISTS, _pending), "not_begun": _add("not_begun", "AS_AT", _LISTS, _not_begun),
}  # fmt: skip


def hand_in(counters: Counters) -> list[Claim]:
    """The counts as they are handed in: one not at all, some without all of their list, one by families, one by a report."""
    claims, planted = counters.claims, counters.planted
    del claims["CP4", WEST]
    planted.in_count("not_counted", "CP4", WEST, None, "")
    _from_report(counters)
    _without_list(counters, claims["AS2", DISABILITY])
    _partly_listed(counters, claims["CP3", EAST])
    _over_listed(counters, claims["AS2", SOUTH])
    _by_family(counters, claims["CP3", HARBOUR])
    return list(claims.values())


def _from_report(counters: Counters) -> None:
    """The system's own report of the first extract is handed in as a count."""
    claim = counters.claims["LA8", CARE_TWO]
    found = [m for m in counters.at_hand["LA8"].values() if m.team == CARE_TWO and m.denominator]
    claim.lines = [Line(m.case, m.numerator, m.event) for m in sorted(found, key=lambda m: m.case)]
    claim.method, claim.note = "system_report", "taken from the dashboard"
    counters.planted.in_count("system_report", "LA8", CARE_TWO, None, "")


def _without_list(counters: Counters, claim: Claim) -> None:
    numerator, denominator = claim.counted()
    claim.numerator, claim.denominator, claim.lines = numerator + 1, denominator + 2, []
    counters.planted.in_count("count_only", claim.indicator, claim.team, None, "MANUAL_NOT_LISTED")


def _partly_listed(counters: Counters, claim: Claim) -> None:
    numerator, denominator = claim.counted()
    for line in counters.lines(claim.indicator, claim.team)[:3]:
        claim.lines.remove(line)
    claim.numerator, claim.denominator = numerator - 1, denominator - 1
    counters.planted.in_count("partly_listed", claim.indicator, claim.team, None, "MANUAL_NOT_LISTED")


def _over_listed(counters: Counters, claim: Claim) -> None:
    numerator, denominator = claim.counted()
    claim.numerator, claim.denominator = max(0, numerator - 1), max(0, denominator - 2)
    counters.planted.in_count("over_listed", claim.indicator, claim.team, None, "MANUAL_NOT_LISTED")


def _by_family(counters: Counters, claim: Claim) -> None:
    numerator, denominator = claim.counted()
    claim.unit, claim.lines, claim.note = "family", [], "one conference a family"
    claim.denominator = max(1, round(denominator * 0.6)) if denominator > 1 else denominator + 1
    claim.numerator = min(claim.denominator, round(numerator * 0.6))
    counters.planted.in_count("families_counted", claim.indicator, claim.team, None, "SCOPE")
