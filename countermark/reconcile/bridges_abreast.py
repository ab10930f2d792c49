"""Bridges of many positions, between counts and between systems, several at once; then what holds over time, which is made once of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.reconcile.abreast import abreast
from countermark.reconcile.bridges import bridge, ready, roll_forward
from countermark.reconcile.invariants import NAMES, OVER_TIME, Invariant, check
from countermark.reconcile.members import Position
from countermark.reconcile.pairs import reconcile_pairs

OF_ONE = tuple(name for name in NAMES if name != OVER_TIME)


@dataclass(frozen=True)
class Counted:
    """A position, the definitions in force at it, the counts that each team owes at it, and when case systems went live."""

    position: Position
    catalogue: Catalogue
    owes: dict[str, list[str]]
    go_lives: list[str]


@dataclass(frozen=True)
class Bridged:
    """Rows per table that reconciling a position made, and what came of its invariants, in the order of NAMES."""

    rows: dict[str, int]
    invariants: tuple[Invariant, ...]

    @property
    def holds(self) -> bool:
        """Whether every invariant was asked and passed."""
        return len(self.invariants) == len(NAMES) and all(one.outcome == "PASS" for one in self.invariants)


def bridge_each(con: duckdb.DuckDBPyConnection, counted: Sequence[Counted], at_once: int = 0) -> Iterator[Bridged]:
    """Claims, figures, items, bridges and pairs of systems of every position, and the roll-forward of their authorities; yields position by
    position, in their order, once all are made. EngineError where the database fails, and then nothing is yielded."""
    if not counted:
        return
    ready(con, counted[0].catalogue)

    def one(own: duckdb.DuckDBPyConnection, asked: Counted) -> tuple[dict[str, int], list[Invariant]]:
        rows = bridge(own, asked.catalogue, asked.position, asked.owes, asked.go_lives)
        rows["pair_items"] = reconcile_pairs(own, asked.catalogue, asked.position)
        return rows, check(own, asked.catalogue, asked.position, OF_ONE)

    made = list(abreast(con, counted[0].catalogue.sql, counted, one, at_once))
    for authority in {asked.position.authority: asked for asked in counted}.values():
        roll_forward(con, authority.catalogue, authority.position)
    for asked, (rows, invariants) in zip(counted, made, strict=True):
        yield Bridged(rows, (*invariants, *check(con, asked.catalogue, asked.position, [OVER_TIME])))
