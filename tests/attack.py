"""A reader with a calculator: linear programming over everything that a publication to the public says.

Written apart from the product: it starts from the published rows and knows what anybody may know. It is told more than a reader is: which
cases have no team at all (where none have), and which relations between measures hold.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from countermark.contracts.catalogue import SHIPPED

Row = Mapping[str, Any]
Key = tuple[str, str, date, str]
Cell = tuple[Key, str]
Sum = tuple[dict[int, float], float]
SIDES = ("system", "manual", "reconciled")
RELATIONS = SHIPPED / "sql" / "shared" / "export" / "relations.toml"
MANY = 1e5  # no council counts as many; for want of a bound, the solver calls some questions unanswerable
ROOM = 1e-6  # for what a computer cannot hold of a share


def key_of(row: Row) -> Key:
    """Authority, indicator, date, team."""
    return row["authority"], row["indicator_id"], row["as_at"], row["team"]


def truth_of(row: Row) -> dict[str, int]:
    """Every count that a row of metrics stands for."""
    found = {name: int(row[name] or 0) for name in ("overtaken", "not_countable")}
    for side in SIDES:
        n, d = row[f"{side}_numerator"], row[f"{side}_denominator"]
        if n is not None:
            found[f"{side}_numerator"] = n
            if row["unit"] == "percent":
                found |= {f"{side}_denominator": d, f"{side}_complement": d - n}
    return found


@dataclass
class Reader:
    """What a reader writes down: unknowns, what they lie between, and equations."""

    truth: dict[Cell, int] = field(default_factory=dict)
    at: dict[Cell, int] = field(default_factory=dict)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    equal: list[Sum] = field(default_factory=list)
    at_most: list[Sum] = field(default_factory=list)

    def cell(self, cell: Cell, truth: int) -> int:
        """The number of an unknown."""
        if cell not in self.at:
            self.at[cell], self.truth[cell] = len(self.at), truth
            self.low.append(0.0)
            self.high.append(MANY)
        return self.at[cell]

    def between(self, cell: Cell, low: float, high: float) -> None:
        """An unknown lies in a span."""
        i = self.at[cell]
        self.low[i], self.high[i] = max(self.low[i], low), min(self.high[i], high)

    def values(self, cells: Iterable[Cell]) -> dict[Cell, tuple[float, float]]:
        """The span that each cell can still have. Fails where what was written down has no solution at all."""
        wanted, found = set(cells), {}
        for part in self._parts():
            mine = [cell for cell in part if cell in wanted]
            if mine:
                found.update(self._solve(part, mine))
        return found

    def _parts(self) -> Iterator[list[Cell]]:
        """The unknowns that hang together: what is published parts them."""
        root = list(range(len(self.at)))

        def find(i: int) -> int:
            while root[i] != i:
                root[i] = root[root[i]]
                i = root[i]
            return i

        for terms, _ in [*self.equal, *self.at_most]:
            open_ = [i for i in terms if self.low[i] < self.high[i]]
            for i in open_[1:]:
                root[find(i)] = find(open_[0])
        parts: dict[int, list[Cell]] = {}
        for cell, i in self.at.items():
            parts.setdefault(find(i), []).append(cell)
        yield from parts.values()

    def _solve(self, part: list[Cell], cells: list[Cell]) -> dict[Cell, tuple[float, float]]:
        names = {self.at[cell]: k for k, cell in enumerate(part)}
        bounds = [(self.low[i], self.high[i]) for i in names]
        a, b = _matrix(self._within(self.equal, names), len(part))
        c, d = _matrix(self._within(self.at_most, names), len(part))
        found = {}
        for cell in cells:
            ends = []
            for sign in (1.0, -1.0):
                aim = np.zeros(len(part))
                aim[names[self.at[cell]]] = sign
                solved = linprog(aim, A_ub=c, b_ub=d, A_eq=a, b_eq=b, bounds=bounds, method="highs")
                assert solved.status == 0, f"what the public is told contradicts itself: {solved.message}"
                ends.append(sign * solved.fun)
            found[cell] = (ends[0], ends[1])
        return found

    def _within(self, rows: list[Sum], names: dict[int, int]) -> list[Sum]:
        """The equations of these unknowns, with what is known put in."""
        found = []
        for terms, total in rows:
            if any(i in names for i in terms):
                known = sum(a * self.low[i] for i, a in terms.items() if i not in names)
                found.append(({names[i]: a for i, a in terms.items() if i in names}, total - known))
        return found


def _matrix(rows: list[Sum], n: int) -> tuple[Any, Any]:
    if not rows:
        return None, None
    spots = [(k, i, a) for k, (terms, _) in enumerate(rows) for i, a in terms.items()]
    k, i, a = zip(*spots, strict=True)
    return csr_matrix((a, (k, i)), shape=(len(rows), n)), [total for _, total in rows]


def whole_numbers(span: tuple[float, float]) -> int:
    """How many whole numbers lie in a span."""
    low, high = span
    return math.floor(high + 1e-6) - math.ceil(low - 1e-6) + 1


def read(
    metrics: Iterable[Row], told: Iterable[Row], decimals: int | None = None, use_relations: bool = True
) -> Reader:
    """Write down all that is told of these figures. `metrics` is the truth, used for what stays possible and for cases of no team."""
    reader, rows = Reader(), {key_of(row): row for row in metrics}
    public = {key_of(row): row for row in told}
    for key, row in public.items():
        truth = truth_of(rows[key])
        sides = [side for side in SIDES if f"{side}_numerator" in truth and _is_told_of(side, told)]
        for name, count in truth.items():
            if name in ("overtaken", "not_countable") or name.split("_")[0] in sides:
                reader.cell((key, name), count)
                if row.get(name) is not None:
                    reader.between((key, name), row[name], row[name])
        for side in sides:
            _read_side(reader, key, row, side, decimals)
    _read_totals(reader, public)
    if use_relations:
        _read_relations(reader, public, RELATIONS)
    return reader


def _is_told_of(side: str, told: Iterable[Row]) -> bool:
    return (
        any(row[f"{side}_numerator"] is not None or row[f"{side}_denominator"] is not None for row in told)
        or side == "system"
    )


def _read_side(reader: Reader, key: Key, row: Row, side: str, decimals: int | None) -> None:
    n, c, d = (reader.at.get((key, f"{side}_{part}")) for part in ("numerator", "complement", "denominator"))
    assert n is not None
    slack = 0.0 if decimals is None else 0.5 * 10**-decimals
    if side == "system" and key[3] != "ALL":
        reader.between((key, f"system_{'numerator' if d is None else 'denominator'}"), 1, MANY)
    if d is None or c is None:
        return
    reader.equal.append(({n: 1, c: 1, d: -1}, 0))
    value = row[f"{side}_value"]
    if value is not None:
        reader.at_most += [({n: 1, d: -(value + slack)}, ROOM), ({n: -1, d: value - slack}, ROOM)]
    if side == "system" and row["range_high"] is not None:
        o, low, high = reader.at[(key, "overtaken")], row["range_low"] - slack, row["range_high"] + slack
        reader.at_most += [({n: 1, o: 1 - high, d: -high}, ROOM), ({n: -1, d: low, o: low}, ROOM)]


def _read_totals(reader: Reader, public: Mapping[Key, Row]) -> None:
    """The authority is its teams and the cases of no team, count by count."""
    for key in [key for key in public if key[3] == "ALL"]:
        teams = [k for k in public if k[:3] == key[:3] and k != key]
        for side in ("overtaken", "not_countable", *SIDES):
            sums: dict[str, tuple[dict[int, float], int]] = {}
            for cell in [cell for cell in list(reader.at) if cell[0] == key and cell[1].startswith(side)]:
                mine = [(team, cell[1]) for team in teams if (team, cell[1]) in reader.at]
                if mine:
                    terms = {reader.at[cell]: 1.0} | {reader.at[one]: -1.0 for one in mine}
                    sums[cell[1]] = terms, reader.truth[cell] - sum(reader.truth[one] for one in mine)
            _add_totals(reader, key, sums)


def _add_totals(reader: Reader, key: Key, sums: dict[str, tuple[dict[int, float], int]]) -> None:
    """A rest below nothing is a count made apart from the teams': the reader is told how far apart."""
    is_rest = all(left >= 0 for _, left in sums.values())
    for name, (terms, left) in sums.items():
        if is_rest and left > 0:
            terms[reader.cell(((*key[:3], ""), name), left)] = -1.0
        reader.equal.append((terms, 0.0 if is_rest else float(left)))


def _read_relations(reader: Reader, public: Mapping[Key, Row], path: Path) -> None:
    for said in tomllib.loads(path.read_text(encoding="utf-8"))["relation"]:
        first = said["left"][0].split(".")[0]
        for key in [k for k in public if k[1] == first and (said["within_teams"] or k[3] == "ALL")]:
            terms: dict[int, float] = {}
            over, is_there = 0, True
            for sign, text in [*((1, t) for t in said["left"]), *((-1, t) for t in said["right"])]:
                name, _, when = text.partition("@")
                indicator, part = name.split(".")
                day = key[2].replace(day=1) - timedelta(days=1) if when else key[2]
                is_there = is_there and (key[0], indicator, day, "ALL") in public
                part = part if part in ("overtaken", "not_countable") else f"system_{part}"
                cell = ((key[0], indicator, day, key[3]), part)
                if cell in reader.at:
                    terms[reader.at[cell]] = terms.get(reader.at[cell], 0) + sign
                    over += sign * reader.truth[cell]
            if is_there and said["is"] == "equal" and over == 0:
                reader.equal.append((terms, 0.0))
            elif is_there and said["is"] == "at_most" and over <= 0:
                reader.at_most.append((terms, 0.0))


def targets(metrics: Iterable[Row], told: Iterable[Row], reader: Reader, smallest: int, largest: int) -> list[Cell]:
    """What must not be found out: every cell that is empty for its smallness or for another's; of withheld figures, and of the cases of
    no team, the small ones. Zero is no secret where zero is shown."""
    rows, public = {key_of(row): row for row in metrics}, {key_of(row): row for row in told}
    found = []
    for (key, name), count in reader.truth.items():
        small = smallest <= count <= largest
        if key not in public:
            found += [(key, name)] if small else []
            continue
        side = name.split("_")[0]
        of = f"{side}_numerator" if name.endswith("complement") else name
        is_empty = public[key].get(of) is None and rows[key]["status"] != "withheld"
        if small or (is_empty and count > 0):
            found.append((key, name))
    return found


def exposed(
    metrics: Sequence[Row], told: Sequence[Row], smallest: int = 1, largest: int = 5, values: int = 5, decimals: int | None = None,
    use_relations: bool = True,
) -> dict[Cell, tuple[float, float]]:  # fmt: skip
    """The cells that a reader narrows too far, with what is left to them: to fewer than `values` whole numbers, or, of a small count, so
    that one of the small numbers is ruled out."""
    reader = read(metrics, told, decimals, use_relations)
    spans = reader.values(targets(metrics, told, reader, smallest, largest))

    def is_safe(cell: Cell, span: tuple[float, float]) -> bool:
        small = smallest <= reader.truth[cell] <= largest
        holds = span[0] <= max(1, smallest) + 1e-6 and span[1] >= largest - 1e-6
        return whole_numbers(span) >= values and (holds or not small)

    return {cell: span for cell, span in spans.items() if not is_safe(cell, span)}
