"""A naive search for what went missing as a block at a change of system: every team, worker, code, run of ids and of days, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

LEAST, SHARE, ELSEWHERE, CHANCE = 5, 0.9, 0.1, 0.001
SHAPES = ("team", "worker", "code", "ids", "dates")


class Held(NamedTuple):
    """An episode open in the last extract before the change, and whether the one after has its child under no id."""

    child: str
    team: str | None
    worker: str | None
    code: str | None
    began: date | None
    is_missing: bool


def number(child: str) -> int | None:
    """The digits that an id ends with."""
    found = re.search(r"(\d{1,17})\D*$", child)
    return int(found[1]) if found else None


def values(row: Held, shape: str) -> object:
    """What a row has of a shape."""
    return {"team": row.team, "worker": row.worker, "code": row.code, "ids": number(row.child), "dates": row.began}[
        shape
    ]


def runs(rows: Sequence[Held], shape: str) -> Iterable[list[Held]]:
    """The rows of each value of which nearly all are missing; of ids and days, of values that follow each other."""
    together: dict[object, list[Held]] = {}
    for row in rows:
        if (value := values(row, shape)) is not None:
            together.setdefault(value, []).append(row)
    lost = {value: sum(row.is_missing for row in some) >= SHARE * len(some) for value, some in together.items()}
    if shape in ("ids", "dates"):
        for is_lost, some in groupby(sorted(together, key=str if shape == "dates" else int), lost.__getitem__):  # type: ignore[arg-type]
            if is_lost:
                yield [row for value in some for row in together[value]]
    else:
        yield from (some for value, some in together.items() if lost[value])


def lost_children(rows: Sequence[Held]) -> set[str]:
    """The children who are missing as part of a block."""
    found = [some for shape in SHAPES for some in runs(rows, shape) if sum(row.is_missing for row in some) >= LEAST]
    inside = {id(row) for some in found for row in some}
    outside = [row for row in rows if id(row) not in inside]
    anyway = sum(row.is_missing for row in outside)
    if len(outside) < LEAST or anyway > ELSEWHERE * len(outside):
        return set()
    proven = []
    for some in found:
        missing, together = sum(row.is_missing for row in some), len(outside) + len(some)
        if together * max(anyway / len(outside), 1 / together) ** missing <= CHANCE:
            proven.append(some)
    held: dict[int, set[str]] = {}
    for row in rows:
        if row.is_missing:
            of = [n for n, some in enumerate(proven) if any(one is row for one in some)]
            if of:
                best = min(of, key=lambda n: (-sum(one.is_missing for one in proven[n]), len(proven[n])))
                held.setdefault(best, set()).add(row.child)
    return {child for children in held.values() if len(children) >= LEAST for child in children}
