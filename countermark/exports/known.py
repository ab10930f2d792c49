"""What a reader of a publication knows: its cells, which lie empty, and the equations that hold between them.

A cell is one count of one figure: numerator, complement and denominator of each side, cases overtaken and not countable. Values,
percentages and ranges are functions of these and are empty with them. Not here: which cells are to be emptied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from countermark.exports.profile import Profile, Relation, Term

WHOLE = "ALL"
NO_TEAM = ""  # the cases of no team: in the total, published nowhere
UNITS = ("figure", "denominator", "overtaken", "not_countable")


class Key(NamedTuple):
    """Which figure."""

    authority: str
    indicator: str
    as_at: date
    team: str


class Cell(NamedTuple):
    """One count of a figure. `side` is empty for what the system alone counts."""

    key: Key
    part: str
    side: str

    @property
    def unit(self) -> str:
        """What is emptied together with it: a numerator goes with its complement, of every side."""
        return "figure" if self.part in ("numerator", "complement") else self.part


@dataclass(frozen=True)
class Figure:
    """One row of metrics: counts by side (numerator; denominator, or None for a headcount), and what became of it."""

    key: Key
    counts: dict[str, tuple[int, int | None]]
    overtaken: int = 0
    not_countable: int = 0
    withheld: bool = False
    given: frozenset[str] = frozenset()  # units that an earlier publication gave at this same revision

    def cells(self) -> Iterator[tuple[Cell, int]]:
        """Every cell with its true value."""
        for side, (numerator, denominator) in self.counts.items():
            yield Cell(self.key, "numerator", side), numerator
            if denominator is not None:
                yield Cell(self.key, "complement", side), denominator - numerator
                yield Cell(self.key, "denominator", side), denominator
        yield Cell(self.key, "overtaken", ""), self.overtaken
        yield Cell(self.key, "not_countable", ""), self.not_countable


class Equation(NamedTuple):
    """Σ terms = total, or ≤ total. `same` where it says of one count that it is another figure's as well."""

    terms: dict[Cell, int]
    total: int
    at_most: bool = False
    same: bool = False


@dataclass
class Knowledge:
    """The cells of a publication with their true values, and every equation a reader may use."""

    figures: dict[Key, Figure]
    truth: dict[Cell, int] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    of_cell: dict[Cell, list[Equation]] = field(default_factory=dict)

    def add(self, equation: Equation) -> None:
        """Take in an equation, and find it by each of its cells."""
        self.equations.append(equation)
        for cell in equation.terms:
            self.of_cell.setdefault(cell, []).append(equation)

    def least(self, cell: Cell) -> int:
        """A team's row is there only where the system counts somebody: at least one."""
        figure = self.figures.get(cell.key)
        if figure is None or cell.side != "system" or cell.key.team == WHOLE:
            return 0
        whole = "numerator" if figure.counts["system"][1] is None else "denominator"
        return int(cell.part == whole and self.truth[cell] >= 1)


def knowledge(figures: Iterable[Figure], profile: Profile, relations: Iterable[Relation]) -> Knowledge:
    """All that holds between the cells of these figures."""
    known = Knowledge({figure.key: figure for figure in figures})
    for figure in known.figures.values():
        known.truth.update(figure.cells())
        for side in (side for side, (_, denominator) in figure.counts.items() if denominator is not None):
            parts = [Cell(figure.key, part, side) for part in ("numerator", "complement", "denominator")]
            known.add(Equation(dict(zip(parts, (1, 1, -1), strict=True)), 0))
    if profile.secondary.totals:
        _add_totals(known)
    if profile.secondary.related:
        for relation in relations:
            _add_relation(known, relation)
    return known


def _add_totals(known: Knowledge) -> None:
    """The authority is its teams and the cases of no team. Without teams' rows there is nothing to add."""
    teams: dict[Key, list[Key]] = {}
    for key in known.figures:
        if key.team != WHOLE:
            teams.setdefault(key._replace(team=WHOLE), []).append(key)
    for whole, parts in teams.items():
        if whole in known.figures:
            for side in ("", *known.figures[whole].counts):
                _add_total(known, [cell for cell, _ in known.figures[whole].cells() if cell.side == side], parts)


def _add_total(known: Knowledge, cells: list[Cell], teams: list[Key]) -> None:
    """Of one side: each count of the authority is that of its teams and of no team. Where the teams' are more, the rest is fixed."""
    mine = {cell: [c for c in (cell._replace(key=key) for key in teams) if c in known.truth] for cell in cells}
    left = {cell: known.truth[cell] - sum(known.truth[each] for each in mine[cell]) for cell in cells if mine[cell]}
    nobodys = {cell: cell._replace(key=cell.key._replace(team=NO_TEAM)) for cell in left}
    if min(left.values(), default=0) >= 0:
        known.truth.update({nobodys[cell]: count for cell, count in left.items()})
        left = dict.fromkeys(left, 0)
        by_part = {cell.part: nobody for cell, nobody in nobodys.items()}
        if "complement" in by_part:
            parts = [by_part[part] for part in ("numerator", "complement", "denominator")]
            known.add(Equation(dict(zip(parts, (1, 1, -1), strict=True)), 0))
    for cell, over in left.items():
        if cell.part != "complement":  # follows from the other two
            terms = {cell: 1} | dict.fromkeys(mine[cell], -1)
            known.add(Equation(terms | ({nobodys[cell]: -1} if nobodys[cell] in known.truth else {}), over))


def _add_relation(known: Knowledge, relation: Relation) -> None:
    """The relation at every date and team where both sides are there and the true figures keep it."""
    first = relation.left[0].indicator
    for key in [k for k in known.figures if k.indicator == first and (relation.within_teams or k.team == WHOLE)]:
        terms: dict[Cell, int] = {}
        for term, sign in [*((t, 1) for t in relation.left), *((t, -1) for t in relation.right)]:
            cell = _cell(known, term, key)
            if cell is None:
                break
            if cell in known.truth:  # else no row, for there is nobody to count
                terms[cell] = terms.get(cell, 0) + sign
        else:
            over = sum(sign * known.truth[cell] for cell, sign in terms.items())
            at_most = relation.kind == "at_most"
            if over == 0 or (at_most and over < 0):
                known.add(Equation(terms, 0, at_most, same=not at_most))


def _cell(known: Knowledge, term: Term, key: Key) -> Cell | None:
    """The cell that a term means beside a figure; None where its indicator has no figure at that date."""
    as_at = key.as_at.replace(day=1) - timedelta(days=1) if term.month_before else key.as_at
    there = key._replace(indicator=term.indicator, as_at=as_at)
    if there._replace(team=WHOLE) not in known.figures:
        return None
    return Cell(there, term.part, "system" if term.part not in ("overtaken", "not_countable") else "")
