"""The database that figures are published to: its engine, one transaction for everything, and errors that show neither the password
nor a row. Not here: what is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

ADDRESS = "COUNTERMARK_PUBLISH_URL"
WAIT_SECONDS = 60  # how long a publication waits for another one, or for a reader who holds a table
LOCK = 0x6F6E77617264  # PostgreSQL: one number that all publications to a database lock ("onward")
WHOLE_DDL = ("postgresql", "sqlite", "mssql")  # databases that change tables inside a transaction

# The first letters of PostgreSQL's own error codes, and what they mean to whoever has to mend it.
SAYS = {
    "28": "it does not accept this user or password",
    "3D": "it has no such database",
    "42501": "this user may not create or write tables there",
    "3F": "it has no such schema",
    "2BP01": "something of yours depends on a table whose shape has to change: drop that view first",
    "53100": "its disk is full",
    "55P03": "somebody has held a table for too long",
    "40P01": "somebody held the tables in another order; try again",
    "57": "it was shut down or the work was cancelled",
    "08": "the connection was lost",
}


class OnwardError(RuntimeError):
    """The publication onward was not made, and the database holds what it held. The text says why."""


def address(given: str | None) -> URL:
    """The address as typed, or from COUNTERMARK_PUBLISH_URL. OnwardError, without quoting it, where it is none."""
    typed = given or os.environ.get(ADDRESS, "")
    if not typed:
        raise OnwardError(f"Name a database, as SQLAlchemy writes addresses, or put its address into {ADDRESS}.")
    try:
        url = make_url(typed)
    except (ArgumentError, ValueError):
        raise OnwardError("This is no address of a database: it looks like postgresql://user@host/name.") from None
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url


def shown(url: URL) -> str:
    """Where it is, without user, password, options and folders."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{Path(url.database or '').name}"
    where = f"{url.host or ''}{f':{url.port}' if url.port else ''}"
    return f"{url.get_backend_name()}://{where}/{url.database or ''}"


@contextmanager
def one_transaction(url: URL) -> Iterator[Connection]:
    """A connection in one transaction that no other publication shares time with: all of it at the end, or nothing.

    OnwardError for whatever the database or its driver says.
    """
    with _told(url):
        engine = _engine(url)
        try:
            with engine.begin() as connection:
                _alone(connection)
                yield connection
        finally:
            engine.dispose()


def _engine(url: URL) -> Engine:
    options: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": WAIT_SECONDS}
    engine = create_engine(url, **options)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _sqlite_connects)
        event.listen(engine, "begin", _sqlite_begins)
    return engine


def _sqlite_connects(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions are begun below alone, DDL among them
    connection.execute("pragma cache_spill = off")  # nothing reaches the file, and no reader waits, before the commit
    connection.execute("pragma synchronous = full")


def _sqlite_begins(connection: Connection) -> None:
    connection.exec_driver_sql("begin immediate")


def _alone(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"set local lock_timeout = '{WAIT_SECONDS}s'"))
        connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": LOCK})


@contextmanager
def _told(url: URL) -> Iterator[None]:
    """Turn errors of the database and its driver into plain sentences: their own texts quote addresses and rows."""
    try:
        yield
    except OnwardError:
        raise
    except (NoSuchModuleError, ModuleNotFoundError):
        raise OnwardError(f"The driver for {url.drivername} is not installed.") from None
    except SQLAlchemyError as error:
        raise OnwardError(f"{shown(url)} refused: {_why(error)}. It holds what it held.") from None


def _why(error: SQLAlchemyError) -> str:
    original = getattr(error, "orig", None)
    code = str(getattr(original, "sqlstate", None) or "")
    for start, says in SAYS.items():
        if code.startswith(start):
            return says
    if "locked" in str(original):
        return "another process is writing to it or reading it for too long"
    if not code and type(error).__name__ == "OperationalError":
        return "it cannot be reached or opened with this address, user and password"
    return f"{type(error).__name__}{f' {code}' if code else ''}"
