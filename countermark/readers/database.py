"""A case system's database, read: table by table, in batches, and in no other way. Anything SQLAlchemy has a dialect for.

The session is read-only where the database knows such a thing, one moment throughout, and within a time limit. A refusal is a plain
sentence; what the driver says is dropped, since it can quote an address or a row.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection, Select
    from sqlalchemy.engine import URL

CONNECT_SECONDS = 15
# What makes a session read-only, and a statement stop, by the database's kind. SQLite's file is opened so.
PREPARE = {
    "postgresql": ("set session characteristics as transaction read only", "set statement_timeout = {milliseconds}"),
    "mysql": ("set session transaction read only",),
    "mariadb": ("set session transaction read only",),
    "mssql": ("set lock_timeout {milliseconds}",),
    "sqlite": ("pragma query_only = on",),
}
BEGIN = {"oracle": ("set transaction read only",)}  # holds for one transaction and comes first in it
ONE_MOMENT = {"postgresql": "REPEATABLE READ", "mysql": "REPEATABLE READ", "mariadb": "REPEATABLE READ"}
NOT_ACCEPTED = ("password", "authentication", "login failed", "ora-01017", "access denied")
NOT_ALLOWED = ("permission denied", "select permission", "ora-00942", "ora-01031", "select command denied")

ADDRESS = "The address is none that a database can have: it looks like postgresql://user@host/name."
DRIVER = "The driver for this kind of database is not installed: docs/databases.md says which it needs."
REFUSED = "The database does not accept this user or password."
UNREACHED = "The database cannot be reached: see whether it runs, and whether the address and the network allow it."
GONE = "The connection to the database was lost while the table was read: nothing of it was taken, the next run reads it again."
FORBIDDEN = "The user may not read the table: give it the right to."
FAILED = "The database could not give the table: nothing of it was taken, the next run reads it again."


class DatabaseRefusal(Exception):  # noqa: N818  # "refusal" is the field's word
    """A database or table that cannot be read. One plain sentence without address, user or row. `gone`: no other table can be, either."""

    def __init__(self, says: str, gone: bool = False) -> None:
        super().__init__(says)
        self.gone = gone


@dataclass(frozen=True)
class Limits:
    """What reading one table may take, and how many rows are fetched at once."""

    seconds: int = 600
    batch_rows: int = 20_000


def url_of(address: str) -> URL:
    """The address as SQLAlchemy reads it. DatabaseRefusal, without quoting it, where it is none."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise DatabaseRefusal(ADDRESS, gone=True) from None
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url


@contextmanager
def reading(address: str, limits: Limits) -> Iterator[Connection]:
    """A connection on which nothing can be written. DatabaseRefusal where there is none."""
    from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

    url = url_of(address)
    try:
        engine = _engine(url, limits)
        connection = engine.connect()
    except DatabaseRefusal:
        raise
    except (NoSuchModuleError, ImportError):
        raise DatabaseRefusal(DRIVER, gone=True) from None
    except (SQLAlchemyError, OSError) as error:
        said = str(error).lower()
        raise DatabaseRefusal(REFUSED if any(sign in said for sign in NOT_ACCEPTED) else UNREACHED, gone=True) from None
    try:
        if isolation := ONE_MOMENT.get(engine.dialect.name):
            read_only = {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}
            connection = connection.execution_options(isolation_level=isolation, **read_only)
        yield connection
    finally:
        with suppress(Exception):
            connection.close()
        engine.dispose()


def _engine(url: URL, limits: Limits) -> Any:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    options: dict[str, Any] = {"hide_parameters": True, "poolclass": NullPool}
    if url.get_backend_name() == "sqlite":
        options["creator"] = lambda: _sqlite(url)
    elif url.drivername in ("postgresql+psycopg", "postgresql+psycopg2"):
        options["connect_args"] = {"connect_timeout": CONNECT_SECONDS}
    engine = create_engine(url, **options)

    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for statement in PREPARE.get(engine.dialect.name, ()):
            cursor.execute(statement.format(milliseconds=1000 * limits.seconds))
        cursor.close()
        if engine.dialect.name == "postgresql":
            connection.commit()

    def begin(connection: Connection) -> None:
        for statement in BEGIN.get(engine.dialect.name, ()):
            connection.exec_driver_sql(statement)
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "begin"
            )  # one moment for all tables: the driver itself begins nothing for a query

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _sqlite(url: URL) -> Any:
    """A SQLite file opened for reading alone; never made where it is missing."""
    import sqlite3
    from urllib.parse import quote

    path = Path(url.database or "")
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, check_same_thread=False, isolation_level=None
    )


def tables_of(connection: Connection, schema: str) -> dict[str, str]:
    """Tables and views by their names in lower case, each with its name as it is."""
    from sqlalchemy import inspect

    with told():
        looked = inspect(connection)
        names = [*looked.get_table_names(schema or None), *looked.get_view_names(schema or None)]
    return {name.lower(): name for name in names}


def columns_of(connection: Connection, table: str, schema: str) -> dict[str, str]:
    """The columns of a table by their names in lower case, each with its name as it is."""
    from sqlalchemy import inspect

    with told():
        return {
            str(one["name"]).lower(): str(one["name"]) for one in inspect(connection).get_columns(table, schema or None)
        }


def query(table: str, columns: Sequence[str], schema: str = "") -> Select[*tuple[Any, ...]]:
    """The one statement that is sent for a table: its columns, as they are named there, and all its rows."""
    from sqlalchemy import column, select
    from sqlalchemy import table as of
    from sqlalchemy.sql.elements import quoted_name

    source = of(quoted_name(table, True), schema=quoted_name(schema, True) if schema else None)
    return select(*(column(quoted_name(name, True)) for name in columns)).select_from(source)


def batches(
    connection: Connection, wanted: Select[*tuple[Any, ...]], kinds: dict[str, str], limits: Limits
) -> Iterator[pa.RecordBatch]:
    """The rows as Arrow batches of text, under the names of `kinds` (the columns in order, each with its type). Never all at once.

    DatabaseRefusal where the table takes longer than it may, or the database fails.
    """
    guard = _Guard(connection, limits.seconds)
    with told(guard), guard:
        result = connection.execution_options(yield_per=limits.batch_rows).execute(wanted)
        for part in result.partitions():
            guard.check()
            yield _batch(part, kinds)


class _Guard:
    """Ends a statement from outside when its time is up, where the driver can be told to; between batches in any case."""

    def __init__(self, connection: Connection, seconds: int) -> None:
        self.seconds = seconds
        self.ends = time.monotonic() + seconds
        driver = connection.connection.driver_connection
        self.stop = getattr(driver, "cancel", None) or getattr(driver, "interrupt", None) or (lambda: None)
        self.timer = Timer(seconds, self._end)
        self.timer.daemon = True

    def __enter__(self) -> _Guard:
        self.timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()

    def _end(self) -> None:
        with suppress(Exception):
            self.stop()

    def is_over(self) -> bool:
        return time.monotonic() >= self.ends - 0.05

    def check(self) -> None:
        if self.is_over():
            raise DatabaseRefusal(self.says())

    def says(self) -> str:
        return (
            f"Reading the table took longer than {self.seconds} seconds: nothing of it was taken. Raise timeout_seconds, or let "
            "the table be made ready for reading."
        )


@contextmanager
def told(guard: _Guard | None = None) -> Iterator[None]:
    """What the database or its driver says, as a refusal that quotes nothing."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except DatabaseRefusal:
        raise
    except DBAPIError as error:
        raise _refusal(error, guard, error.connection_invalidated) from None
    except (SQLAlchemyError, OSError) as error:
        raise _refusal(error, guard, False) from None


def _refusal(error: Exception, guard: _Guard | None, is_lost: bool) -> DatabaseRefusal:
    said = str(error).lower()
    if is_lost or "terminating connection" in said or "server closed" in said:
        return DatabaseRefusal(GONE, gone=True)
    if guard is not None and (guard.is_over() or "statement timeout" in said):
        return DatabaseRefusal(guard.says())
    return DatabaseRefusal(FORBIDDEN if any(sign in said for sign in NOT_ALLOWED) else FAILED)


def _batch(rows: Sequence[Any], kinds: dict[str, str]) -> pa.RecordBatch:
    """Rows of Python values as text, each column by the rules that cells of files follow too."""
    import pyarrow as pa

    from countermark.readers.cells import text_column

    broken: dict[int, list[str]] = {}
    arrays = []
    for (name, kind), cells in zip(kinds.items(), zip(*rows, strict=True), strict=True):
        texts, errors = text_column([_plain(cell) for cell in cells], kind)
        for place in errors:
            broken.setdefault(place, []).append(name)
        arrays.append(pa.array(texts, pa.string()))
    marks = pa.array([broken.get(place) for place in range(len(rows))], pa.list_(pa.string()))
    return pa.RecordBatch.from_arrays([marks, *arrays], names=["unreadable", *kinds])


def _plain(cell: Any) -> Any:
    """A value as a file could hold it: a flag as Y or N, a decimal without zeros behind the point, bytes as text."""
    kind = type(cell)
    if kind in PLAIN_KINDS:
        return cell
    if kind is bool:
        return "Y" if cell else "N"
    if isinstance(cell, (bytes, bytearray, memoryview)):
        return bytes(cell).decode("utf-8", "replace")
    from decimal import Decimal

    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f") if cell.is_finite() else None
    return str(cell)


def _plain_kinds() -> frozenset[type]:
    from datetime import date, datetime

    return frozenset((type(None), str, int, float, date, datetime))


PLAIN_KINDS = _plain_kinds()
