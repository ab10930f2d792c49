"""Opening DuckDB: settings, calendar, macros, and errors without the values that caused them.

Every connection of the product is made here. Not here: what the tables hold.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from countermark import progress
from countermark.calendar.working_days import FIRST_DAY, LAST_DAY, bank_holidays
from countermark.home import Home
from countermark.ledger.secrets import KEY_FILE, SEALING_KEY_FILE

MACROS = (
    "shared/macros.sql",
    "shared/last_event.sql",
    "shared/plan_events.sql",
    "shared/looked_after.sql",
    "shared/care_rules.sql",
    "shared/permanence.sql",
    "shared/front.sql",
    "shared/need_plans.sql",
    "shared/people.sql",
    "shared/oversight.sql",
    "shared/allocations.sql",
    "shared/registers.sql",
)
LOCK_SECONDS = 600.0
THREADS = "COUNTERMARK_THREADS"  # of how many threads the engine makes use; else as many as there are cores
ROWS_AT_ONCE = 500
_kept: dict[Path, duckdb.DuckDBPyConnection] = {}  # by file: what keeps it open between steps
UNFINISHED = ".unfinished-"  # how a snapshot's name begins while it is being written


class EngineError(RuntimeError):
    """The database failed. Carries the kind of failure and what was being done, never the engine's own text: it quotes values."""


class HomeBusyError(RuntimeError):
    """Another run holds the home."""


OF_THE_DISK = (
    "No space left",
    "Could not write",
    "Failed to commit",
)  # signs in the engine's text, which itself is never shown
NO_ROOM = "the disk is full or refuses; make room and run again, what was published stands"


@contextmanager
def quiet(doing: str) -> Iterator[None]:
    """Re-raise any DuckDB error as EngineError without its text (which may quote a cell)."""
    try:
        yield
    except duckdb.Error as error:
        if isinstance(error, (duckdb.IOException, duckdb.FatalException)) or any(
            sign in str(error) for sign in OF_THE_DISK
        ):
            raise EngineError(f"{doing}: {NO_ROOM}") from None
        raise EngineError(f"{doing}: {type(error).__name__}") from None


CALENDAR = """
create temp table calendar as
select *, (sum(works::integer) over (order by day))::integer as working_number
from (
    select day::date as day, isodow(day) < 6 and not list_contains(string_split($off, ' '), day::date::varchar) as works
    from generate_series($first_day::date, $last_day::date, interval 1 day) as days (day)
)
"""
# Short lists of whole numbers, since the engine copies a list wherever a macro names it: macros.sql says how they are read.
LISTS = """
set variable working_months = (
    select list(code order by month) from (
        select date_trunc('month', day) as month,
            (min(working_number - works::integer)::bigint << 32) + sum(works::bigint << (day(day) - 1))::bigint as code
        from calendar group by 1
    )
);
set variable working_eights = (
    select list(code order by eight) from (
        select eight, (min(day - first_day)::bigint << 40) + sum((day - eighth)::bigint << (5 * (working_number % 8)))::bigint as code
        from (
            select *, working_number // 8 as eight, min(day) over (partition by working_number // 8) as eighth,
                date '1990-01-01' as first_day
            from calendar where works
        ) group by 1
    )
);
set variable last_working_number = (select max(working_number) from calendar);
drop table calendar
"""


def prepare(con: duckdb.DuckDBPyConnection, definitions: Path) -> None:
    """Load the calendar and the macros of `definitions`/shared into a connection."""
    off = " ".join(
        str(day) for day in sorted(bank_holidays())
    )  # as one text: a list of dates makes DuckDB import pandas
    con.execute(CALENDAR, {"off": off, "first_day": str(FIRST_DAY), "last_day": str(LAST_DAY)})
    for text in (LISTS, *((definitions / name).read_text(encoding="utf-8") for name in MACROS)):
        for statement in statements(text):
            con.execute(statement)


def statements(text: str) -> list[str]:
    """The statements of a SQL text, split by DuckDB's own parser, each without comment lines before it."""
    parts = (statement.query.strip().rstrip(";") for statement in duckdb.extract_statements(text))
    return [re.sub(r"\A(\s*--[^\n]*\n)+", "", part).strip() for part in parts]


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows, values bound, hundreds to a statement: a statement a row costs many times as much."""
    for first in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[first : first + ROWS_AT_ONCE]
        marks = ", ".join([f"({', '.join('?' * len(part[0]))})"] * len(part))
        con.execute(f"insert into {table} values {marks}", [value for row in part for value in row])


def connect(
    path: Path | None, definitions: Path, scratch: Path | None = None, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """A connection to the file at `path` (None: in memory), with settings, calendar and macros.

    Extensions are never fetched, and spilled data stays below `scratch`.
    """
    with quiet("opening the database"):
        con = duckdb.connect(str(path) if path else ":memory:", read_only=read_only)
        con.execute("set autoinstall_known_extensions = false")
        con.execute("set errors_as_json = false")
        con.execute("set python_enable_replacements = false")
        con.execute("set preserve_insertion_order = false")
        con.execute(
            "set checkpoint_threshold = '1GB'"
        )  # packed once, when the file is closed, and not at every large commit
        con.execute(
            "set disabled_compression_methods = 'fsst,dict_fsst,zstd'"
        )  # a third less time for files a third larger
        if threads := os.environ.get(THREADS, ""):
            con.execute(f"set threads = {_several(threads)}")
        if scratch is not None:
            con.execute("set temp_directory = ?", [str(scratch)])
        if not read_only:
            prepare(con, definitions)
    return con


def _several(said: str) -> int:
    """A number of threads. EngineError where it is none."""
    if not said.isdecimal() or not int(said):
        raise EngineError(f"{THREADS} is no number of threads: give 1 or more, or leave it out.")
    return int(said)


@contextmanager
def home_lock(home: Home, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the home's lock: command line, schedules and sensors share it. HomeBusyError after `seconds`.

    Whoever takes it removes what a killed process left; within one process it can be taken again.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(str(home.lock), is_singleton=True)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            progress.report("Waiting for another run to end")
            lock.acquire(timeout=seconds)
    except Timeout:
        raise HomeBusyError("Another run is writing to this home: try again when it has ended.") from None
    try:
        if lock.lock_counter == 1:
            _sweep(home)
        yield
    finally:
        lock.release()


def _sweep(home: Home) -> None:
    """Remove scratch, unfinished snapshots and drafts: nobody but the lock's holder has any, so a killed process left them."""
    drafts = [path for name in (KEY_FILE, SEALING_KEY_FILE) for path in home.path.glob(f".{name}.*")]
    for left in (*home.tmp.glob("*"), *home.published.glob(f"{UNFINISHED}*"), *drafts):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@contextmanager
def kept_open(home: Home) -> Iterator[None]:
    """Keep the warehouse's file open within the block: each step still has a connection of its own, and opening it costs little.

    What the steps committed is packed once, at the end; a process killed before that leaves it in the file's log, which is read when
    the file is next opened. A file that cannot be opened is left to the step that needs it, which says what is wrong.
    """
    with home_lock(home):
        with suppress(duckdb.Error):
            _kept[home.warehouse] = duckdb.connect(str(home.warehouse))
        try:
            yield
        finally:
            _let_go(home.warehouse)


def _let_go(path: Path) -> None:
    if (anchor := _kept.pop(path, None)) is not None:
        anchor.close()


@contextmanager
def warehouse(home: Home, definitions: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, open for writing under the home's lock."""
    with home_lock(home):
        con = connect(home.warehouse, definitions, home.tmp)
        try:
            yield con
        except BaseException:
            _let_go(home.warehouse)  # after a fatal error the engine is of no use until every connection is closed
            raise
        finally:
            con.close()
