"""Several positions at once: each by itself on a connection of its own to the same database.

Most of what a position costs is the engine's reading of its definitions and statements over few rows, which one thread does soonest;
so two positions use two cores, and the engine's own threads are shared out among them. Positions do not touch each other's rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

import duckdb

from countermark.contracts.authority import SourceOrder
from countermark.contracts.catalogue import Catalogue
from countermark.reconcile.members import FACTS, Position, compute
from countermark.warehouse.connect import prepare, quiet

One = TypeVar("One")
Made = TypeVar("Made")
MOST = 4  # positions at once: each holds its own look at the conformed tables in memory


@dataclass(frozen=True)
class Asked:
    """A position, the definitions in force at it, and whose rows are the record."""

    position: Position
    catalogue: Catalogue
    order: SourceOrder | None = None


def hands(many: int, at_once: int = 0) -> int:
    """How many of so many positions are worked out at a time: as asked, else as many as there are cores, at most MOST."""
    return min(at_once or min(os.cpu_count() or 1, MOST), many)


def abreast(
    con: duckdb.DuckDBPyConnection,
    definitions: Path,
    tasks: Sequence[One],
    work: Callable[[duckdb.DuckDBPyConnection, One], Made],
    at_once: int = 0,
) -> Iterator[Made]:
    """What `work` makes of each task, in their order, several at a time. Each runs on a connection with the calendar and macros.

    The first error that a task raises is raised in its turn; those after it are not begun.
    """
    many = hands(len(tasks), at_once)
    if many < 2:
        yield from (work(con, task) for task in tasks)
        return
    free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    with quiet("opening connections"):
        for _ in range(many):
            cursor = con.cursor()
            prepare(cursor, definitions)
            free.put(cursor)

    def mine(task: One) -> Made:
        own = free.get()
        try:
            return work(own, task)
        finally:
            free.put(own)

    with _threads(con, many):
        pool = ThreadPoolExecutor(many, thread_name_prefix="position")
        try:
            yield from pool.map(mine, tasks)
        finally:
            pool.shutdown(cancel_futures=True)
            while not free.empty():
                free.get().close()


@contextmanager
def _threads(con: duckdb.DuckDBPyConnection, many: int) -> Iterator[None]:
    """The engine's threads shared out among so many, and given back."""
    with quiet("sharing out threads"):
        before = int(con.execute("select current_setting('threads')").fetchall()[0][0])
        con.execute(f"set threads = {max(before // many, 1)}")
    try:
        yield
    finally:
        with quiet("sharing out threads"):
            con.execute(f"set threads = {before}")


def compute_each(con: duckdb.DuckDBPyConnection, asked: Sequence[Asked], at_once: int = 0) -> Iterator[dict[str, int]]:
    """Members of every position asked for, as `compute` makes them; yields rows per indicator, position by position, in their order.

    `at_once` positions are worked out at a time (0: see `hands`).
    """
    if not asked:
        return
    with quiet("computing members"):
        con.execute(FACTS)
    yield from abreast(
        con,
        asked[0].catalogue.sql,
        asked,
        lambda own, one: compute(own, one.catalogue, one.position, one.order),
        at_once,
    )
