"""How the ledger talks to its database: connecting, one write at a time, the schema kept current.

What differs between SQLite and PostgreSQL lives here, and for triggers in the migrations, and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from countermark.ledger.records import LedgerError, LedgerUnwritable
from countermark.ledger.tables import HEAD

WAIT_SECONDS = 60  # how long a write waits for another process's write
ADVISORY_LOCK = 0x636F756E7465726D  # PostgreSQL: one number that all writers of a ledger lock ("counterm")
PRIVATE_FILE = 0o600


def connect(url: str) -> Engine:
    """An engine on the ledger at `url` (`sqlite:///path` or `postgresql://…`). Nothing is read yet."""
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        # readers see one moment throughout, so that `verify` beside a writer finds no false break
        options = {"pool_pre_ping": True, "hide_parameters": True, "isolation_level": "REPEATABLE READ"}
        return create_engine(_with_driver(target), **options)
    _private_file(target)
    engine = create_engine(target, connect_args={"timeout": WAIT_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _with_driver(target: URL) -> URL:
    return target.set(drivername="postgresql+psycopg") if target.drivername in ("postgres", "postgresql") else target


def _private_file(target: URL) -> None:
    """Make a new ledger file readable by its owner alone, before SQLite would make it with the usual rights."""
    if target.database and target.database != ":memory:":
        path = Path(target.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite` alone
    for pragma in ("foreign_keys = on", "synchronous = full"):
        connection.cursor().execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("countermark_write")
    connection.exec_driver_sql("begin immediate" if immediate else "begin")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer of the ledger shares time with: commits at the end, rolls back on an error."""
    server = engine.dialect.name == "postgresql"
    options: dict[str, Any] = {"countermark_write": True}
    if server:
        options["isolation_level"] = "READ COMMITTED"  # what is read after the lock is what the last holder wrote
    try:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            if server:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            yield connection
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise LedgerUnwritable("The ledger is busy: another process has been writing to it for a minute.") from None
        if not server and any(word in str(error.orig) for word in ("disk", "readonly", "unable to open")):
            raise LedgerUnwritable(
                "The ledger could not be written: the disk is full or refuses. Make room and run again; what was published stands."
            ) from None
        raise


def stored_version(connection: Connection) -> str | None:
    """The schema version in the database; None in an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()


def bring_up_to_date(engine: Engine) -> None:
    """Create or upgrade the schema; a single look where it is current. Alembic is imported only where there is work."""
    with engine.connect() as connection:
        if stored_version(connection) == HEAD:
            return
    with writing(engine) as connection:
        version = stored_version(connection)  # another process may have been faster
        if version == HEAD:
            return
        if version is not None and version > HEAD:
            raise LedgerError("This ledger was written by a newer countermark: install that version to open it.")
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    folder = str(Path(__file__).with_name("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    command.upgrade(config, HEAD)
