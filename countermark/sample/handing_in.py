"""How the counts are handed in: one not at all, some without all of their list, one by families, one by a report.

What belongs here is the form of a claim; which cases it lists belongs to slips.py.
"""

from __future__ import annotations

from countermark.sample.authority import CARE_TWO, DISABILITY, EAST, HARBOUR, SOUTH, WEST
from countermark.sample.claims import Claim, Line
from countermark.sample.slips import Counters


def hand_in(counters: Counters) -> list[Claim]:
    """The counts as handed in: one not at all, some without all of their list, one by families, one by a report."""
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
    claim.numerator, claim.denominator = numerator + 1, denominator + 1
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
