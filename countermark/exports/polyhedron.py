"""How far an unknown can move under linear equations over numbers that are not negative: an exact, small simplex method.

Whole numbers, and fractions where a pivot is not one, so nothing is decided by rounding; Bland's rule, so it ends. For the few unknowns
that suppression leaves, not for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

Terms = Mapping[int, int]
Number = int | Fraction
Row = dict[int, Number]


class Polyhedron:
    """The points x ≥ 0 with every equation (terms, sum) true. ValueError where there is none."""

    def __init__(self, unknowns: int, equations: Iterable[tuple[Terms, int]]) -> None:
        self._rows: list[Row] = []
        self._sums: list[Number] = []
        self._basis: list[int] = []
        for terms, total in equations:
            sign = -1 if total < 0 else 1
            self._rows.append({i: sign * a for i, a in terms.items() if a})
            self._sums.append(sign * total)
        self._start(unknowns)

    def _start(self, unknowns: int) -> None:
        """Find a first corner. An unknown that stands in one equation alone solves it; each other equation is lent an artificial
        unknown, and these are driven to zero and out."""
        self._basis = [unknowns + k for k in range(len(self._rows))]
        for i, k in self._alone().items():
            sign = self._rows[k][i]
            if self._basis[k] >= unknowns and (sign == 1 or (sign == -1 and self._sums[k] == 0)):
                self._basis[k] = i
                self._rows[k] = {j: a * sign for j, a in self._rows[k].items()}
        lent = [k for k, basic in enumerate(self._basis) if basic >= unknowns]
        for k in lent:
            self._rows[k][unknowns + k] = 1
        if self._climb({unknowns + k: -1 for k in lent}) != 0:
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

    def _alone(self) -> dict[int, int]:
        """The unknowns that stand in one equation only, with its number."""
        rows: dict[int, list[int]] = {}
        for k, row in enumerate(self._rows):
            for i in row:
                rows.setdefault(i, []).append(k)
        return {i: found[0] for i, found in rows.items() if len(found) == 1}

    def highest(self, objective: Terms) -> Number | None:
        """The largest value of a sum of unknowns; None where it has no bound. Leaves `corner()` where it is reached."""
        return self._climb({i: a for i, a in objective.items() if a})

    def lowest(self, objective: Terms) -> Number | None:
        """The smallest value; None where it has no bound."""
        found = self.highest({i: -a for i, a in objective.items()})
        return None if found is None else -found

    def corner(self) -> dict[int, Number]:
        """The unknowns that are not zero at the corner last reached."""
        return {i: total for i, total in zip(self._basis, self._sums, strict=True) if total}

    def _climb(self, gain: Row) -> Number | None:
        value: Number = 0
        for k, basic in enumerate(self._basis):
            value += self._reduce(gain, k, basic)
        while (into := min((i for i, g in gain.items() if g > 0), default=None)) is not None:
            out = self._leaving(into)
            if out is None:
                return None
            self._pivot(out, into)
            value += self._reduce(gain, out, into)
        return value

    def _reduce(self, gain: Row, k: int, basic: int) -> Number:
        """Write the objective without the basic unknown of row k; what that adds to its value."""
        factor = gain.get(basic)
        if not factor:
            return 0
        _subtract(gain, self._rows[k], factor)
        return factor * self._sums[k]

    def _leaving(self, into: int) -> int | None:
        tied = [
            (self._sums[k] if row[into] == 1 else Fraction(self._sums[k]) / row[into], self._basis[k], k)
            for k, row in enumerate(self._rows)
            if row.get(into, 0) > 0
        ]
        return min(tied)[2] if tied else None

    def _pivot(self, k: int, into: int) -> None:
        pivot = self._rows[k][into]
        if pivot != 1:
            share = pivot if pivot == -1 else 1 / Fraction(pivot)
            self._rows[k] = {i: a * share for i, a in self._rows[k].items()}
            self._sums[k] *= share
        self._basis[k] = into
        for j, row in enumerate(self._rows):
            if j != k and (factor := row.get(into)):
                _subtract(row, self._rows[k], factor)
                self._sums[j] -= factor * self._sums[k]


def _subtract(row: Row, other: Row, factor: Number) -> None:
    for i, a in other.items():
        left = row.get(i, 0) - factor * a
        if left:
            row[i] = left
        else:
            row.pop(i, None)
