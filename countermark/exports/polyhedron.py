"""How far an unknown can move under linear equations over numbers that are not negative: an exact, small simplex method.

Fractions only, so nothing is decided by rounding; Bland's rule, so it ends. For the few unknowns that suppression leaves, not for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

Terms = Mapping[int, int]
Row = dict[int, Fraction]


class Polyhedron:
    """The points x ≥ 0 with every equation (terms, sum) true. ValueError where there is none."""

    def __init__(self, unknowns: int, equations: Iterable[tuple[Terms, int]]) -> None:
        self._rows: list[Row] = []
        self._sums: list[Fraction] = []
        self._basis: list[int] = []
        for terms, total in equations:
            sign = -1 if total < 0 else 1
            self._rows.append({i: Fraction(sign * a) for i, a in terms.items() if a})
            self._sums.append(Fraction(sign * total))
        self._start(unknowns)

    def _start(self, unknowns: int) -> None:
        """Find a first corner: one artificial unknown an equation, all driven to zero, then out."""
        for k, row in enumerate(self._rows):
            row[unknowns + k] = Fraction(1)
            self._basis.append(unknowns + k)
        if self._climb({unknowns + k: Fraction(-1) for k in range(len(self._rows))}) != 0:
            raise ValueError("the equations have no solution")
        for k in reversed(range(len(self._rows))):
            if self._basis[k] >= unknowns:
                into = next((i for i in sorted(self._rows[k]) if i < unknowns), None)
                if into is None:
                    del self._rows[k], self._sums[k], self._basis[k]
                else:
                    self._pivot(k, into)
        for row in self._rows:
            for i in [i for i in row if i >= unknowns]:
                del row[i]

    def highest(self, objective: Terms) -> Fraction | None:
        """The largest value of a sum of unknowns; None where it has no bound. Leaves `corner()` where it is reached."""
        return self._climb({i: Fraction(a) for i, a in objective.items() if a})

    def lowest(self, objective: Terms) -> Fraction | None:
        """The smallest value; None where it has no bound."""
        found = self.highest({i: -a for i, a in objective.items()})
        return None if found is None else -found

    def corner(self) -> dict[int, Fraction]:
        """The unknowns that are not zero at the corner last reached."""
        return {i: total for i, total in zip(self._basis, self._sums, strict=True) if total}

    def _climb(self, gain: Row) -> Fraction | None:
        value = Fraction(0)
        for k, basic in enumerate(self._basis):
            value += self._reduce(gain, k, basic)
        while (into := min((i for i, g in gain.items() if g > 0), default=None)) is not None:
            out = self._leaving(into)
            if out is None:
                return None
            self._pivot(out, into)
            value += self._reduce(gain, out, into)
        return value

    def _reduce(self, gain: Row, k: int, basic: int) -> Fraction:
        """Write the objective without the basic unknown of row k; what that adds to its value."""
        factor = gain.get(basic)
        if not factor:
            return Fraction(0)
        _subtract(gain, self._rows[k], factor)
        return factor * self._sums[k]

    def _leaving(self, into: int) -> int | None:
        tied = [
            (self._sums[k] / row[into], self._basis[k], k) for k, row in enumerate(self._rows) if row.get(into, 0) > 0
        ]
        return min(tied)[2] if tied else None

    def _pivot(self, k: int, into: int) -> None:
        pivot = self._rows[k][into]
        self._rows[k] = {i: a / pivot for i, a in self._rows[k].items()}
        self._sums[k] /= pivot
        self._basis[k] = into
        for j, row in enumerate(self._rows):
            if j != k and (factor := row.get(into)):
                _subtract(row, self._rows[k], factor)
                self._sums[j] -= factor * self._sums[k]


def _subtract(row: Row, other: Row, factor: Fraction) -> None:
    for i, a in other.items():
        left = row.get(i, Fraction(0)) - factor * a
        if left:
            row[i] = left
        else:
            row.pop(i, None)
