"""Members of many positions, several at once: each position by itself on a connection of its own to the same database.

Most of what a position costs is the engine's reading of its definitions, which one thread does; two positions use two cores. Positions
do not touch each other's rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import duckdb

from countermark.contracts.authority import SourceOrder
from countermark.contracts.catalogue import Catalogue
from countermark.reconcile.members import FACTS, Position, compute
from countermark.warehouse.connect import prepare, quiet

MOST = 4  # positions at once: each holds its own look at the conformed tables in memory


@dataclass(frozen=True)
class Asked:
    """A position, the definitions in force at it, and whose rows are the record."""

    position: Position
    catalogue: Catalogue
    order: SourceOrder | None = None


def compute_each(con: duckdb.DuckDBPyConnection, asked: Sequence[Asked], at_once: int = 0) -> Iterator[dict[str, int]]:
    """Members of every position asked for, as `compute` makes them; yields rows per indicator, position by position, in their order.

    `at_once` positions are worked out at a time (0: as many as there are cores, at most MOST). The first error that a position raises is
    raised in its turn; those after it are not begun.
    """
    hands = min(at_once or min(os.cpu_count() or 1, MOST), len(asked))
    if hands < 2:
        yield from (compute(con, one.catalogue, one.position, one.order) for one in asked)
        return
    free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    with quiet("computing members"):
        con.execute(FACTS)
        for _ in range(hands):
            cursor = con.cursor()
            prepare(cursor, asked[0].catalogue.sql)
            free.put(cursor)

    def work(one: Asked) -> dict[str, int]:
        mine = free.get()
        try:
            return compute(mine, one.catalogue, one.position, one.order)
        finally:
            free.put(mine)

    pool = ThreadPoolExecutor(hands, thread_name_prefix="position")
    try:
        yield from pool.map(work, asked)
    finally:
        pool.shutdown(cancel_futures=True)
        while not free.empty():
            free.get().close()
