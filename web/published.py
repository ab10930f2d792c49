"""The published figures as pages read them: the snapshot that stands now, or another one, opened once and shared.

Read-only, no external access, configuration locked. A request keeps the snapshot that it began with.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from flask import current_app, g

from countermark.certify.snapshot import SEALED, NothingPublishedError, current
from countermark.home import Home
from countermark.warehouse.connect import quiet

KEPT_OPEN = 4
KEPT_RESULTS = 2048
Row = dict[str, Any]


class Snapshot:
    """One published snapshot, open for reading from several threads."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`."""
        self.path = path
        with quiet("opening the published figures"):
            self._con = duckdb.connect(str(path), read_only=True, config=SEALED)
        self._lock = threading.Lock()
        self._results: OrderedDict[Any, tuple[Any]] = OrderedDict()
        self._making: dict[Any, threading.Lock] = {}

    @property
    def name(self) -> str:
        """The snapshot's file name, which no other snapshot has."""
        return self.path.name

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """The rows of a query, as dictionaries. EngineError, without values, where the engine fails."""
        with self._lock:
            cursor = self._con.cursor()
        try:
            with quiet("reading the published figures"):
                found = cursor.execute(sql, parameters or None)
                names = [column[0] for column in found.description]
                return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        finally:
            cursor.close()

    def row(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first row of a query; None where there is none."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def has(self, table: str) -> bool:
        """Whether a published table is there: a publication of an earlier version lacks the later ones."""
        query = "select table_name as name from duckdb_tables() where schema_name = 'main'"
        names: set[str] = self.kept(("tables",), lambda: {row["name"] for row in self.rows(query)})
        return table in names

    def kept(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives, kept under `key` as long as the snapshot is open: it never changes. Made once, whoever else asks waits."""
        if found := self._recall(key):
            return found[0]
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            found = self._recall(key) or self._keep(key, (make(),))
        return found[0]

    def _recall(self, key: Any) -> tuple[Any] | None:
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def _keep(self, key: Any, made: tuple[Any]) -> tuple[Any]:
        with self._lock:
            self._results[key] = made
            while len(self._results) > KEPT_RESULTS:
                self._making.pop(self._results.popitem(last=False)[0], None)
        return made


class Published:
    """The snapshots of a home that are open. One for the whole process."""

    def __init__(self, home: Home) -> None:
        """For the home at hand; nothing is opened yet."""
        self.home = home
        self._open: OrderedDict[Path, Snapshot] = OrderedDict()
        self._lock = threading.Lock()

    def now(self) -> Snapshot:
        """The snapshot that stands. NothingPublishedError where nothing has been published."""
        path = current(self.home)
        if path is None:
            raise NothingPublishedError("Nothing has been published in this home yet.")
        return self.at(path)

    def at(self, path: Path) -> Snapshot:
        """The snapshot in that file. Its oldest companions are let go; their readers keep them until they end."""
        with self._lock:
            if path not in self._open:
                self._open[path] = Snapshot(path)
            self._open.move_to_end(path)
            while len(self._open) > KEPT_OPEN:
                self._open.popitem(last=False)
            return self._open[path]


def snapshot() -> Snapshot:
    """The snapshot of this request: the one that stood when it began."""
    if "snapshot" not in g:
        g.snapshot = current_app.extensions["published"].now()
    found: Snapshot = g.snapshot
    return found


def snapshot_at(path: Path) -> Snapshot:
    """Another snapshot, by its file (see `countermark.certify.snapshot.find` for one as known at a moment)."""
    found: Snapshot = current_app.extensions["published"].at(path)
    return found


def positions(authority: str) -> list[date]:
    """The as-at dates with figures of an authority, newest first."""
    one = snapshot()
    query = "select distinct as_at from main.metrics where authority = ? order by 1 desc"
    found: list[date] = one.kept(("positions", authority), lambda: [r["as_at"] for r in one.rows(query, [authority])])
    return found
