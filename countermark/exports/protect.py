"""Secondary suppression: emptying further cells until no empty one can be worked out from what stays.

An emptied cell is safe when, from everything published and every equation of `known`, at least `profile.secondary.values` whole numbers
stay possible for it, and for a small one every small number is among them. Where that does not hold, the next published cell beside it is
emptied as well: another team in the order of names, counted on from the exposed one's, before the authority. The order does not look at
sizes, so that the choice itself says nothing about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil, floor, inf

from countermark.exports.known import NO_TEAM, WHOLE, Cell, Equation, Figure, Key, Knowledge, knowledge
from countermark.exports.polyhedron import Number, Polyhedron
from countermark.exports.profile import Profile, Relation

Unit = tuple[Key, str]
Span = tuple[Number, Number | None]
TRIALS = 40  # how many neighbours are tried for the one that helps at once
NEAR = 3  # equations between a cell and the unknowns that may move with it; all others are held at their true values, which finds
# less freedom than there is, and never more


def is_small(count: int | None, profile: Profile) -> bool:
    """Whether a count of cases is too small to be published."""
    return count is not None and profile.primary.smallest <= count <= profile.primary.largest


def protect(figures: Iterable[Figure], profile: Profile, relations: Iterable[Relation]) -> set[Unit]:
    """Which units are to be emptied: the primary ones (denominators apart, which go side by side), and those that protect them."""
    return _Protection(knowledge(figures, profile, relations), profile).run()


class _Protection:
    """One publication on its way to being safe."""

    def __init__(self, known: Knowledge, profile: Profile) -> None:
        self._known, self._profile = known, profile
        self._small = range(max(1, profile.primary.smallest), profile.primary.largest + 1)
        self._units: set[Unit] = set()
        self._empty: set[Cell] = {cell for cell, count in known.truth.items() if cell.key.team == NO_TEAM and count > 0}
        for figure in known.figures.values():
            self._begin(figure)

    def _begin(self, figure: Figure) -> None:
        cells = dict(figure.cells())
        small = {cell for cell, count in cells.items() if is_small(count, self._profile)}
        if figure.withheld:
            self._empty |= {cell for cell in cells if cell.side}
        if any(cell.side for cell in small):
            self._units.add((figure.key, "figure"))
            self._empty |= {cell for cell in cells if cell.unit == "figure"}
        self._empty |= small
        self._units |= {(figure.key, cell.part) for cell in small if not cell.side}
        self._empty -= {cell for cell in cells if cell.unit in figure.given}

    def run(self) -> set[Unit]:
        """Empty what is exposed, one neighbour at a time."""
        waiting = sorted(cell for cell in self._empty if self._is_to_be_safe(cell))
        while waiting:
            exposed = waiting[0]
            waiting = self._still_exposed(waiting)
            if exposed in waiting:
                more = self._helper(exposed)
                if more is None:
                    waiting.remove(exposed)  # nothing published is left beside it
                    continue
                added = self._cells(more) - self._empty
                self._units |= more
                self._empty |= added
                waiting = sorted({*waiting, *(cell for cell in added if self._is_to_be_safe(cell))})
        return self._units

    def _still_exposed(self, waiting: list[Cell]) -> list[Cell]:
        """Those left when the first one's surroundings have been looked at: each that is safe within them is safe."""
        room = _Room(self._known, self._empty, waiting[0], NEAR)
        safe = {cell for cell in waiting if cell in room.unknown and self._is_safe(room, cell)}
        return [cell for cell in waiting if cell not in safe]

    def _is_to_be_safe(self, cell: Cell) -> bool:
        """Every emptied cell; of a withheld figure and of the cases of no team the small ones. Zero is no secret where zero is shown."""
        figure, small = self._known.figures.get(cell.key), is_small(self._known.truth[cell], self._profile)
        return small or (figure is not None and not figure.withheld and self._known.truth[cell] > 0)

    def _cells(self, units: Iterable[Unit]) -> set[Cell]:
        wanted = set(units)
        return {
            cell
            for key in {key for key, _ in wanted}
            for cell, _ in self._known.figures[key].cells()
            if (key, cell.unit) in wanted and cell.unit not in self._known.figures[key].given
        }

    def _helper(self, exposed: Cell) -> set[Unit] | None:
        """The units whose emptying makes the cell safe; failing that, those that widen it most, or the first of all."""
        first: set[Unit] | None = None
        room = _Room(self._known, self._empty, exposed, NEAR)
        best = self._freedom(exposed, room.span(exposed))
        for unit in sorted(self._beside(room), key=lambda unit: _distance(exposed.key, unit))[:TRIALS]:
            units = self._whole(unit)
            cells = self._cells(units) - self._empty
            if not cells:
                continue
            span = _Room(self._known, self._empty | cells, exposed, NEAR).span(exposed)
            if self._leaves_enough(exposed, span):
                return units
            if first is None or self._freedom(exposed, span) > best:
                first, best = units, self._freedom(exposed, span)
        return first

    def _is_safe(self, room: _Room, cell: Cell) -> bool:
        return self._leaves_enough(cell, room.seen[cell]) or self._leaves_enough(cell, room.span(cell))

    def _leaves_enough(self, cell: Cell, span: Span) -> bool:
        wanted = self._small if is_small(self._known.truth[cell], self._profile) else ()
        return _whole_numbers(span) >= self._profile.secondary.values and all(
            _lies_in(number, span) for number in wanted
        )

    def _freedom(self, cell: Cell, span: Span) -> tuple[int, float]:
        """How near a span comes to being enough: how many small numbers it holds, then how many numbers at all."""
        return sum(_lies_in(number, span) for number in self._small), _whole_numbers(span)

    def _beside(self, room: _Room) -> set[Unit]:
        """What is published and stands in an equation with what is not."""
        found = {(c.key, c.unit) for equation in room.equations for c in equation.terms if c not in room.unknown}
        return {(key, unit) for key, unit in found if key in self._known.figures}

    def _whole(self, unit: Unit) -> set[Unit]:
        """A unit with what it would be read from: a denominator's numerator, and the same count in another figure."""
        units, open_ = set(), [unit]
        while open_:
            key, name = open_.pop()
            if (key, name) in units:
                continue
            units.add((key, name))
            if name == "denominator":
                open_.append((key, "figure"))
            for cell in self._cells({(key, name)}):
                for equation in (e for e in self._known.of_cell.get(cell, []) if e.same):
                    others = [other for other in equation.terms if other != cell]
                    if not any(other in self._empty or (other.key, other.unit) in units for other in others):
                        open_.append((others[0].key, others[0].unit))
        return units


def _distance(key: Key, unit: Unit) -> tuple[bool, bool, bool, int, bool, str, str]:
    """Nearest first: the same position, then a team, the same measure, names from the exposed team's on; never by size."""
    other, name = unit
    return (
        other.as_at != key.as_at,
        other.team == WHOLE,
        other.indicator != key.indicator,
        ("figure", "denominator", "overtaken", "not_countable").index(name),
        other.team <= key.team,
        other.team,
        other.indicator,
    )


class _Room:
    """The unknown cells that hang together with one of them within a reach, and how far each can move while all others stay."""

    def __init__(self, known: Knowledge, empty: set[Cell], start: Cell, reach: int) -> None:
        self._known = known
        self.equations: list[Equation] = []
        self.unknown: dict[Cell, int] = {}
        self._gather(empty, start, reach)
        self._space = Polyhedron(len(self.unknown) + len(self.equations), self._rows())
        self.seen: dict[Cell, tuple[Number, Number]] = {}
        self._look()

    def _gather(self, empty: set[Cell], start: Cell, reach: int) -> None:
        edge, met = [start], set()
        for step in range(reach + 1):
            inner, edge = [cell for cell in dict.fromkeys(edge) if cell not in self.unknown], []
            for cell in inner:
                self.unknown[cell] = len(self.unknown)
                for equation in self._known.of_cell.get(cell, []):
                    if id(equation) not in met:
                        met.add(id(equation))
                        self.equations.append(equation)
                        edge += [other for other in equation.terms if other in empty] if step < reach else []

    def _rows(self) -> Iterator[tuple[dict[int, int], int]]:
        """Unknowns counted from their least; an at_most has what is left over as an unknown of its own."""
        for k, equation in enumerate(self.equations):
            terms: dict[int, int] = {}
            total = equation.total
            for cell, factor in equation.terms.items():
                if cell in self.unknown:
                    terms[self.unknown[cell]] = factor
                    total -= factor * self._known.least(cell)
                else:
                    total -= factor * self._known.truth[cell]
            if equation.at_most:
                terms[len(self.unknown) + k] = 1
            yield terms, total

    def _look(self) -> None:
        """Every corner seen widens what is known to be possible."""
        corner = self._space.corner()
        for cell, i in self.unknown.items():
            value = corner.get(i, 0) + self._known.least(cell)
            low, high = self.seen.get(cell, (value, value))
            self.seen[cell] = (min(low, value), max(high, value))

    def span(self, cell: Cell) -> Span:
        """The lowest and the highest that a cell can be, counted from zero; None for a highest without bound."""
        at, least = {self.unknown[cell]: 1}, self._known.least(cell)
        high = self._space.highest(at)
        self._look()
        low = self._space.lowest(at)
        self._look()
        return (low or 0) + least, None if high is None else high + least  # no count is below zero


def _whole_numbers(span: Span) -> float:
    low, high = span
    return inf if high is None else floor(high) - ceil(low) + 1


def _lies_in(number: int, span: Span) -> bool:
    low, high = span
    return low <= number and (high is None or number <= high)
