"""A naive turning of a count in families, or meetings, into one of cases: family by family, row by row. Not here: why cases differ (`bridge`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.oracle.sides import Case, Claim, Facts, Listing

Meant = Callable[[str, "Facts"], "tuple[Case, str] | None"]


@dataclass(frozen=True)
class Named:
    """A row of such a list with the system's case that it means, and which of the families (or meetings) it is of."""

    row: Listing
    case: Case | None
    is_family: bool
    key: str
    root: str


@dataclass(frozen=True)
class Turned:
    """A claim of which each row is a case, and of which family each row and each case of the system is."""

    claim: Claim
    rows: tuple[Named, ...]
    keys: dict[str, str | None]

    def listed(self, measure: str) -> set[str]:
        """The families that the list has in a measure."""
        return {one.key for one in self.rows if one.row.holds(measure)}

    def left(self, cases: list[Case], measure: str) -> set[str]:
        """The families of cases that no row means, which the list has not."""
        return {str(self.keys[case.case_id]) for case in cases} - self.listed(measure)


def only(names: set[str]) -> str | None:
    """The one name, where there is one only."""
    return next(iter(names)) if len(names) == 1 else None


def turned(claim: Claim, facts: Facts, meant: Meant) -> Turned | None:
    """The claim in cases; None where one case of the team has no single family."""
    by_day = claim.unit == "meeting"
    every = {name for names in facts.families.values() for name in names}

    def source(case_id: str) -> str | None:
        return only(facts.families.get(facts.root(facts.child(case_id)), set()))

    def own(case: Case) -> bool:
        return case.in_denominator and claim.team in ("ALL", case.team)

    found: list[tuple[Listing, Case | None, bool]] = []
    for row in claim.rows:
        match = meant(row.case_id, facts)
        child = facts.child(row.case_id)
        is_family = child == row.family or (match is None and source(row.case_id) is None and child in every)
        found.append((row, match[0] if match else None, is_family))
    counted = [case for case in facts.now.values() if own(case)]
    by_source = not counted or any(source(case.case_id) for case in counted)
    said: dict[str, set[str]] = {}
    for row, case, is_family in found:
        if case and not is_family and row.family:
            said.setdefault(case.case_id, set()).add(row.family)
    keys: dict[str, str | None] = {}
    for case in facts.now.values():
        name = source(case.case_id) if by_source else only(said.get(case.case_id, set()))
        keys[case.case_id] = f"{name} {case.decides_on}" if name and by_day else name
    if any(keys[case.case_id] is None for case in counted):
        return None
    rows = []
    for row, case, is_family in found:
        name = source(row.case_id) or row.family if by_source else row.family
        name = row.family or facts.child(row.case_id) if is_family else name
        key = f"{name} {row.event_date}" if name and by_day else name
        key = (keys[case.case_id] if case and not is_family else None) or key or f"? {facts.root(row.case_id)}"
        rows.append(Named(row, case, is_family, key, facts.root(row.case_id)))
    return Turned(claim._replace(rows=(*_kept(rows, keys), *_standing(rows, keys, facts, own))), tuple(rows), keys)


def _kept(rows: list[Named], keys: dict[str, str | None]) -> list[Listing]:
    """The rows that stay: a family gives way to its cases, where there are any."""
    return [one.row for one in rows if not (one.is_family and one.row.in_denominator and one.key in keys.values())]


def _standing(
    rows: list[Named], keys: dict[str, str | None], facts: Facts, own: Callable[[Case], bool]
) -> list[Listing]:
    """A row for each case that a listed family stands for: the team's own, else one that the indicator has."""
    in_unit: dict[str, set[str]] = {}
    for one in rows:
        if not one.is_family:
            in_unit.setdefault(one.key, set()).add(one.root)
    by_child = any(len(children) > 1 for children in in_unit.values())
    has_row = {one.case.case_id for one in rows if one.case and not one.is_family}
    meant: dict[str, list[Named]] = {}
    for one in rows:
        if one.row.in_denominator and (one.is_family or not by_child):
            meant.setdefault(one.key, []).append(one)
    new = []
    for key, those in meant.items():
        of_family = [case for case in facts.now.values() if keys[case.case_id] == key and case.case_id not in has_row]
        counted = [case for case in of_family if own(case)]
        if not counted and any(one.is_family for one in those):
            counted = sorted(of_family, key=lambda case: (not case.in_denominator, case.case_id))[:1]
        met = any(one.row.in_numerator for one in those)
        days = [one.row.event_date for one in those if one.row.in_numerator and one.row.event_date]
        days += [one.row.event_date for one in those if one.row.event_date]
        model = those[0].row
        new += [
            model._replace(
                case_id=case.case_id,
                in_denominator=True,
                in_numerator=met,
                event_date=days[0] if days else None,
                family=None,
            )
            for case in counted
        ]
    return new
