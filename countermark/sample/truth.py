"""The bridges' items, worked out from the counts, the system's members and what was planted: the truth to test against.

What belongs here knows who did what to which case, and so needs no proof. A difference that nothing planted explains
is a mistake of the sample itself, and raises.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from countermark.sample.claims import Claim, Line
from countermark.sample.counts import HEADCOUNTS, Member
from countermark.sample.planting import Planted

Members = dict[str, Member]


class UnplannedDifferenceError(AssertionError):
    """The sample made a difference that it did not plant."""


@dataclass(frozen=True)
class Side:
    """One measure of one count, with the system as it is now and as it was at hand."""

    claim: Claim
    measure: str
    now: Members
    at_hand: Members
    planted: Planted
    families: dict[str, str] | None = None

    def counts(self, found: Members, case: str) -> bool:
        """Whether the team's figure holds the case."""
        member = found.get(case)
        if member is None or member.team != self.claim.team:
            return False
        return member.numerator if self.measure == "numerator" else member.denominator

    def listed(self, line: Line) -> bool:
        """Whether a line of the list counts in the measure."""
        return line.numerator if self.measure == "numerator" else True

    @property
    def claimed(self) -> int:
        """The number claimed."""
        return self.claim.counted()[0 if self.measure == "numerator" else 1]

    @property
    def system(self) -> int:
        """The system's number for the team."""
        return sum(self.counts(self.now, case) for case in self.now)


def differences(
    claims: list[Claim],
    now: dict[str, Members],
    at_hand: dict[str, Members],
    planted: Planted,
    families: dict[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Every item that the teams' bridges must hold. Raises UnplannedDifferenceError where one is not explained.

    `families` by child, where a source tells them: a count in families is then compared.
    """
    found = []
    for claim in claims:
        for measure in ("numerator",) if claim.indicator in HEADCOUNTS else ("denominator", "numerator"):
            side = Side(claim, measure, now[claim.indicator], at_hand[claim.indicator], planted, families)
            items = _items(side)
            if side.claimed + sum(item["effect"] for item in items) != side.system:
                raise UnplannedDifferenceError(f"{claim.indicator} {claim.team} {measure} does not add up")
            found += items
    twofold = _counted_as_other(claims, now)
    return [
        {**item, "reason": "CP_AND_CLA"}
        if item["reason"] == "SYSTEM_ONLY" and item["case_id"] in twofold.get(_kind(item["indicator_id"]), set())
        else item
        for item in found
    ]


def _kind(indicator: str) -> str:
    """PP of children on a plan, LA of children looked after."""
    return indicator[:2]


def _counted_as_other(claims: list[Claim], now: dict[str, Members]) -> dict[str, set[str]]:
    """By kind of list: children on a plan and looked after whom some list of the other kind holds. One left out of the first was counted
    in the second."""
    both = {case for case, member in now.get("PP0", {}).items() if member.numerator}
    both &= {case for case, member in now.get("LA0", {}).items() if member.numerator}
    listed: dict[str, set[str]] = {"PP": set(), "LA": set()}
    for claim in claims:
        if _kind(claim.indicator) in listed and claim.unit != "family":
            listed[_kind(claim.indicator)] |= {line.stands_for for line in claim.lines}
    return {"PP": both & listed["LA"], "LA": both & listed["PP"]}


def _item(side: Side, case: str | None, effect: int, reason: str | None) -> dict[str, Any]:
    if not reason:
        raise UnplannedDifferenceError(f"{side.claim.indicator} {side.claim.team} {side.measure}: nothing was planted")
    return {
        "indicator_id": side.claim.indicator, "team": side.claim.team, "case_id": case, "measure": side.measure,
        "effect": effect, "reason": reason,
    }  # fmt: skip


def _items(side: Side) -> list[dict[str, Any]]:
    claim = side.claim
    if claim.unit == "family":
        return _family_items(side)
    rows = Counter(line.stands_for for line in claim.lines if side.listed(line))
    items = [item for line in _first_lines(claim) if (item := _listed_item(side, line))]
    items += [_item(side, case, 1 - n, "DUPLICATE_MANUAL") for case, n in rows.items() if n > 1]
    named = {line.stands_for for line in claim.lines}
    unmatched = [case for case in side.now if case not in named and side.counts(side.now, case)]
    unlisted = side.claimed - sum(rows.values())
    if unlisted:
        return [*items, _item(side, None, len(unmatched) - unlisted, "MANUAL_NOT_LISTED")]
    return items + [_item(side, case, 1, side.planted.reason(claim.indicator, claim.team, case)) for case in unmatched]


def _family_items(side: Side) -> list[dict[str, Any]]:
    """A count in families without a list. Where each case has its family, as no case has none: the siblings, and the families that no list
    names; else the whole difference is in the unit."""
    cases = [case for case in side.now if side.counts(side.now, case)]
    held = any(member.team == side.claim.team and member.denominator for member in side.now.values())
    if held and side.families is None:
        return [_item(side, None, side.system - side.claimed, "SCOPE")]
    units = len({(side.families or {})[case.partition("/")[0]] for case in cases})
    if units and not side.claimed:
        raise UnplannedDifferenceError(f"{side.claim.indicator} {side.claim.team} {side.measure}: none counted of some")
    siblings = _item(side, None, len(cases) - units, "SCOPE")
    return [siblings, _item(side, None, units - side.claimed, "MANUAL_NOT_LISTED")] if side.claimed else [siblings]


def _first_lines(claim: Claim) -> list[Line]:
    return list({line.stands_for: line for line in reversed(claim.lines)}.values())


def _listed_item(side: Side, line: Line) -> dict[str, Any] | None:
    """The item of a listed case, if it has one: it moves the figure, or was found under another id, or came late."""
    case, claim = line.stands_for, side.claim
    in_list, in_system = side.listed(line), side.counts(side.now, case)
    reason = side.planted.reason(claim.indicator, claim.team, case)
    if in_list != in_system:
        return _item(side, case, in_system - in_list, reason)
    if in_system and line.system is not None:
        return _item(side, case, 0, "IDENTITY")
    if in_system and not side.counts(side.at_hand, case):
        return _item(side, case, 0, reason)
    return None
