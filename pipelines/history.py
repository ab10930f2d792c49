"""Dagster's own event storage, quicker: what a run says of its assets is written a step at a time and not event by event.

A run says a few things of every asset and check, several hundred in all, and Dagster opens a file, a connection and a transaction for each,
twice. Here those events wait until the step says something else, or until anybody asks; then they are written in one transaction, in their
order. Files and tables are Dagster's own, so `dagster dev` shows them as ever. A process that is killed loses at most the waiting ones:
they are history, and no figure comes from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any, cast

from dagster import DagsterEventType, EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

OF_ASSETS = {DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.ASSET_MATERIALIZATION_PLANNED}
OF_CHECKS = {DagsterEventType.ASSET_CHECK_EVALUATION, DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED}
WAITING = {DagsterEventType.STEP_OUTPUT, *OF_ASSETS, *OF_CHECKS}
BUSY_SECONDS = 60


class QuickHistory(SqliteEventLogStorage):
    """The event storage of a home while the command line runs in it."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._waiting: list[EventLogEntry] = []
        self._engines: dict[str, Engine] = {}
        self._under_way: dict[str, Connection] = {}
        self._tables: set[str] = set()
        self._partitions: set[tuple[str, str]] = set()
        self._one_at_a_time = RLock()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> QuickHistory:
        """As Dagster makes it from its settings."""
        return cls(inst_data=inst_data, **config_value)

    def store_event(self, event: EventLogEntry) -> None:
        """Keep an event: one of an asset, a check or an output waits for the next that is not."""
        with self._one_at_a_time:
            if event.is_dagster_event and event.dagster_event_type in WAITING:
                self._waiting.append(event)
            else:
                self.write_down()
                super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Keep several events."""
        for event in events:
            self.store_event(event)

    def write_down(self) -> None:
        """Write what waits, in one transaction a file."""
        with self._one_at_a_time:
            waiting, self._waiting = self._waiting, []
            for run_id in dict.fromkeys(event.run_id for event in waiting):
                rows = [self._event_to_row(event) for event in waiting if event.run_id == run_id]
                with self.run_connection(run_id) as con:
                    con.execute(SqlEventLogStorageTable.insert(), rows)
            told = [event for event in waiting if event.dagster_event_type in OF_ASSETS | OF_CHECKS]
            if told:
                with self.index_connection() as con:
                    self._index(con, told)

    def _index(self, con: Connection, events: Sequence[EventLogEntry]) -> None:
        """What Dagster looks up across runs: each event again, its tags, the newest of each asset, the state of each check."""
        insert = SqlEventLogStorageTable.insert()
        numbers = [cast("Any", con.execute(insert, self._event_to_row(one)).inserted_primary_key)[0] for one in events]
        of_assets = [pair for pair in zip(events, numbers, strict=True) if pair[0].dagster_event_type in OF_ASSETS]
        self._store_asset_event_tags(con, [event for event, _ in of_assets], [number for _, number in of_assets])
        for event, number in zip(events, numbers, strict=True):
            if event.dagster_event_type in OF_ASSETS:
                self._store_asset_event(con, event, number)
            else:
                self.store_asset_check_event(event, number)

    def dispose(self) -> None:
        """Write what waits and close the files."""
        self.write_down()
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table, by a connection that is open anyway; what was there once is not looked for again."""
        if table_name not in self._tables:
            with self.index_connection() as con:
                if con.dialect.has_table(con, table_name):
                    self._tables.add(table_name)
        return table_name in self._tables

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether a partition is there. Dagster asks it four times of every asset; each look would write down what waits first."""
        known = (partitions_def_name, partition_key)
        if known not in self._partitions and super().has_dynamic_partition(partitions_def_name, partition_key):
            self._partitions.add(known)
        return known in self._partitions

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Remove a partition."""
        self._partitions.discard((partitions_def_name, partition_key))
        super().delete_dynamic_partition(partitions_def_name, partition_key)

    def _has_asset_key_index_cols_on_connection(self, conn: Connection) -> bool:
        return True  # the file was made, or brought in step, by this release of Dagster when it was opened

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """A transaction in one file, by the one connection that stays open to it; within another in that file, the same."""
        with self._one_at_a_time:
            if shard in self._under_way:
                yield self._under_way[shard]
                return
            if self._waiting:
                self.write_down()
            with self._engine(shard).begin() as con:
                self._under_way[shard] = con
                try:
                    yield con
                finally:
                    del self._under_way[shard]

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            engine = create_engine(
                self.conn_string_for_shard(shard), poolclass=StaticPool,
                connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            )  # fmt: skip
            self._initdb(engine, for_index_shard=shard == INDEX_SHARD_NAME)
            self._engines[shard] = engine
        return self._engines[shard]
