"""Two sides of a pair brought together case by case in plain loops: which differ, by how much, and why.

Own code throughout: of the product only the definitions' words are read (which reason a rule that leaves a case out stands for). Not here:
what a side holds (`pair_sides`, `pair_people`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from tests.oracle import pair_people as people
from tests.oracle import pair_registers as registers
from tests.oracle import pair_sides as sides
from tests.oracle.cells import working_days
from tests.oracle.pair_sides import Held, Tables

Telling = Callable[[Tables, date], list[Held]]
SIDES: dict[str, tuple[Telling, Telling]] = {
    "X01": (sides.need("child_protection_plan"), sides.protected),
    "X02": (sides.need("looked_after"), sides.cared_for),
    "X03": (sides.returned_plans, sides.listed_plans),
    "X04": (sides.returned_care, sides.listed_care),
    "X05": (sides.conferences, sides.begun),
    "X06": (sides.new_plans, sides.enquiries),
    "X07": (registers.before_court, registers.before_court_by_system),
    "X08": (registers.approved_for_now, registers.with_relatives),
    "X09": (registers.disputes, registers.of_children_in_care),
    "X10": (people.supervised, people.case_holders),
    "X11": (people.allocated, people.in_post),
}
ORDER = (  # of reasons, the first that holds
    "SCOPE", "AS_AT", "INVALID", "IDENTITY", "TRANSFER_IN_OUT", "UNBORN", "RESTRICTED", "EXTRACT_RULE", "MAPPING", "VALUE", "MANUAL_ONLY",
    "UNEXPLAINED",
)  # fmt: skip
LEFT, RIGHT = "left", "right"


class Item(NamedTuple):
    """One case on which two systems differ."""

    case: str
    effect: int
    reason: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beside:
    """What is known of children beside the two sides, and when each side was taken; ids without their zeros."""

    taken: Mapping[str, date]
    roots: Mapping[str, str] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    unborn: frozenset[str] = frozenset()


@dataclass
class _Case:
    left: Held | None
    right: Held | None
    match: str | None
    twin: bool = False


def bare(case: str) -> str:
    """A case without the zeros before it."""
    cut = case.lstrip("0")
    return f"0{cut}" if not cut or cut.startswith("/") else cut


def _once(rows: Iterable[Held]) -> dict[str, Held]:
    chosen: dict[str, Held] = {}
    for row in sorted(rows, key=lambda row: (row.counts, row.place), reverse=True):
        chosen.setdefault(row.case, row)
    return chosen


def _root_child(row: Held, beside: Beside) -> str | None:
    return None if row.child is None else beside.roots.get(bare(row.child), bare(row.child))


def _root(row: Held, beside: Beside) -> str:
    root, mine = _root_child(row, beside), bare(row.case)
    if row.child is None or root is None:
        return mine
    key = bare(row.child)
    return root + mine[len(key) :] if mine.startswith(f"{key}/") else root


def _alone(left: dict[str, Held], right: dict[str, Held], alike: Callable[[Held, Held], bool]) -> list[tuple[str, str]]:
    """Cases alike where each has but one that is."""
    theirs = {one: [other for other in right if alike(left[one], right[other])] for one in left}
    ours = {other: [one for one in left if other in theirs[one]] for other in right}
    return [(one, found[0]) for one, found in theirs.items() if len(found) == 1 and len(ours[found[0]]) == 1]


def _meet(left: dict[str, Held], right: dict[str, Held], is_event: bool, beside: Beside) -> list[_Case]:
    met = [_Case(left[case], right[case], "exact") for case in left if case in right]
    mine = {case: row for case, row in left.items() if case not in right}
    theirs = {case: row for case, row in right.items() if case not in left}

    def linked(one: Held, other: Held) -> bool:
        roots = _root(one, beside), _root(other, beside)
        return roots[0] == roots[1] and (roots[0] != bare(one.case) or roots[1] != bare(other.case))

    def near(one: Held, other: Held) -> bool:
        same = (
            one.child is not None and other.child is not None and _root_child(one, beside) == _root_child(other, beside)
        )
        return bool(same and one.since and other.since and abs(working_days(one.since, other.since)) <= 5)

    ways: list[tuple[str, Callable[[Held, Held], bool]]] = [
        ("zeros", lambda one, other: bare(one.case) == bare(other.case)),
        ("link", linked),
    ]
    for name, alike in [*ways, *([("near", near)] if is_event else [])]:
        for one, other in _alone(mine, theirs, alike):
            met.append(_Case(mine.pop(one), theirs.pop(other), name))
    for rows, other_rows, alone in ((mine, theirs, left), (theirs, mine, right)):
        for row in rows.values():
            keys = {bare(row.case), _root(row, beside)} if row.counts and row.child is not None else set()
            others = [
                one
                for one in alone.values()
                if one.case != row.case and one.counts and one.case not in rows and bare(one.case) in keys
            ]
            met.append(_Case(row if rows is mine else None, row if rows is theirs else None, None, bool(others)))
        assert other_rows is not rows
    return met


def _reasons(case: _Case, effect: int, rules: Mapping[str, Mapping[str, Any]], beside: Beside) -> list[str]:
    holder, lacker = (case.left, case.right) if effect < 0 else (case.right, case.left)
    lacked_by = RIGHT if effect < 0 else LEFT
    rule = rules[lacked_by].get(lacker.outside or "", {}) if lacker else {}
    left, right = case.left, case.right
    recoded = bool(
        left and right and left.code and right.code and left.code != right.code and left.coded_on and left.coded_on == right.coded_on
        and (effect == 0 or rule.get("by_code"))
    )  # fmt: skip
    says = "VALUE" if recoded else rule.get("reason")
    child = bare(holder.child) if holder and holder.child else None
    holds = {
        "IDENTITY": effect == 0 and case.match in ("zeros", "link", "near"),
        "MAPPING": recoded,
    }
    if effect:
        late = bool(holder and holder.since and holder.since > beside.taken[lacked_by])
        holds |= {
            "SCOPE": says == "SCOPE",
            "AS_AT": says == "AS_AT" or late,
            "INVALID": lacker is not None and (not lacker.known or rule.get("reason") == "INVALID"),
            "TRANSFER_IN_OUT": says == "TRANSFER_IN_OUT",
            "EXTRACT_RULE": says == "EXTRACT_RULE",
            "UNBORN": lacker is None and child in beside.unborn,
            "RESTRICTED": lacker is None and child in beside.locked,
            "VALUE": lacker is not None and (not lacker.known or says in ("VALUE", "INVALID")),
            "MANUAL_ONLY": lacker is None,
        }
    found = [reason for reason in ORDER if holds.get(reason)] or (["UNEXPLAINED"] if effect else [])
    if case.twin and found[:1] in ([], ["MANUAL_ONLY"], ["UNEXPLAINED"]):
        found[:1] = ["DUPLICATE_MANUAL" if effect < 0 else "DUPLICATE_SYSTEM"]
    return ["SYSTEM_ONLY" if one == "MANUAL_ONLY" and effect > 0 else one for one in found]


def bridge(folder: Path, left: Tables, right: Tables, on: date, beside: Beside) -> tuple[int, int, list[Item]]:
    """What each side of a pair counts on a day, and every case on which they differ, of what each sees."""
    said = tomllib.loads((folder / "pair.toml").read_text("utf-8"))
    tell_left, tell_right = SIDES[said["id"]]
    mine, theirs = _once(tell_left(left, on)), _once(tell_right(right, on))
    rules = {side: said[side].get("outside", {}) for side in (LEFT, RIGHT)}
    items = []
    for case in _meet(mine, theirs, said["case"] == "event", beside):
        counts = (case.left is not None and case.left.counts, case.right is not None and case.right.counts)
        reasons = _reasons(case, counts[1] - counts[0], rules, beside) if any(counts) else []
        if reasons:
            name = case.left or case.right
            assert name is not None
            items.append(Item(name.case, counts[1] - counts[0], reasons[0], tuple(reasons[1:])))
    return sum(row.counts for row in mine.values()), sum(row.counts for row in theirs.values()), sorted(items)
