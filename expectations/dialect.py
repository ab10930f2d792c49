"""A small SQLAlchemy dialect under which Great Expectations can read DuckDB.

duckdb-engine's cursor reads rows lazily from its connection; Great Expectations reads them after the pool has reset
that connection, and every expectation fails. Here the cursor fetches its rows when a statement is executed. Fit for a
row of counts, not for large results.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from duckdb_engine import ConnectionWrapper, CursorWrapper, Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.pool import StaticPool

DRIVER = "countermark"
registry.register(f"duckdb.{DRIVER}", __name__, "EagerDialect")


def url(path: Path) -> str:
    """The address of the DuckDB file at `path` under this dialect."""
    return f"duckdb+{DRIVER}:///{path}"


class EagerCursor(CursorWrapper):
    """A cursor that owns its rows from the moment of execution."""

    _rows: list[tuple[Any, ...]]
    _columns: Any = None

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        """Run a statement and keep all of its rows."""
        super().execute(statement, parameters, context)
        native = self.connection.native
        self._columns = native.description
        self._rows = native.fetchall() if self._columns else []

    @property
    def description(self) -> Any:
        """The columns of the last result."""
        return self._columns

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """The next `size` rows (1 unless told)."""
        taken, self._rows = self._rows[: size or 1], self._rows[size or 1 :]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        taken, self._rows = self._rows, []
        return taken


class EagerConnection(ConnectionWrapper):
    """A connection that hands out eager cursors."""

    def __init__(self, native: Any) -> None:
        super().__init__(native)
        self.native = native

    def cursor(self) -> EagerCursor:
        """A new cursor."""
        return EagerCursor(self.native, self)


class EagerDialect(Dialect):
    """duckdb-engine's dialect with eager cursors, registered under a driver name of its own."""

    driver = DRIVER
    supports_statement_cache = False

    @classmethod
    def get_pool_class(cls, url: Any) -> type[StaticPool]:
        """One connection per engine: opening the file costs more than reading its row. `engine.dispose()` closes it."""
        return StaticPool

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        """None: tables of counts have no keys, and asking the engine's catalogue for them takes longer than reading the counts."""
        return {"constrained_columns": [], "name": None}

    def connect(self, *arguments: Any, **named: Any) -> Any:
        """Open a connection."""
        return EagerConnection(super().connect(*arguments, **named)._ConnectionWrapper__c)
