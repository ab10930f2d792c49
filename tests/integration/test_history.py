"""Holds Dagster's quicker history to account: what a run says of its assets lies in Dagster's own tables as Dagster would have put it,
in order, and waits no longer than until the step says something else or anybody asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from countermark.home import Home
from pipelines.history import QuickHistory
from pipelines.instance import instance

SEEN = dg.AssetCheckSpec("seen", asset="one")


@dg.multi_asset(specs=[dg.AssetSpec("one"), dg.AssetSpec("two")], check_specs=[SEEN])
def both() -> Iterator[Any]:
    """Two assets and a check that fails."""
    yield dg.MaterializeResult(asset_key="one", metadata={"rows": 1})
    yield dg.MaterializeResult(asset_key="two", metadata={"rows": 2})
    yield dg.AssetCheckResult(check_name="seen", asset_key="one", passed=False, metadata={"failed": 3})


@dg.asset(deps=["one", "two"])
def last() -> None:
    """An asset behind them."""


JOB = dg.Definitions(assets=[both, last], jobs=[dg.define_asset_job("whole")]).resolve_job_def("whole")


def ran(opened: dg.DagsterInstance) -> str:
    """The id of a run of the small job."""
    result = JOB.execute_in_process(
        instance=opened, run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    )
    assert result.success
    return result.run_id


def told(opened: dg.DagsterInstance, run_id: str) -> dict[str, Any]:
    """What Dagster reads back: the events in order, the newest of each asset, the check."""
    storage = opened.event_log_storage
    check = storage.get_latest_asset_check_execution_by_key([SEEN.key])[SEEN.key]
    evaluated = check.event.dagster_event.asset_check_evaluation_data  # type: ignore[union-attr]
    newest = {name: opened.get_latest_materialization_event(dg.AssetKey(name)) for name in ("one", "two", "last")}
    return {
        "events": [event.dagster_event_type.value for event in opened.all_logs(run_id) if event.dagster_event_type],
        "rows": {n: e.asset_materialization.metadata.get("rows") for n, e in newest.items() if e and e.asset_materialization},
        "runs": {name: event.run_id == run_id for name, event in newest.items() if event},
        "check": (evaluated.passed, evaluated.metadata["failed"], check.status),
        "known": sorted(key.to_user_string() for key in opened.all_asset_keys()),
        "versions": {
            name: bool((event.asset_materialization.tags or {}).get("dagster/data_version"))
            for name, event in newest.items()
            if event and event.asset_materialization
        },
    }  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(str(tmp_path / "home"))


def test_a_run_is_told_as_dagster_itself_tells_it(home: Home, tmp_path: Path) -> None:
    plain_folder = tmp_path / "plain"
    plain_folder.mkdir()
    with dg.DagsterInstance.local_temp(str(plain_folder)) as plain:
        expected = told(plain, ran(plain))
    with instance(home) as quick:
        assert isinstance(quick.event_log_storage, QuickHistory)
        assert told(quick, ran(quick)) == expected
    assert expected["events"].count("ASSET_MATERIALIZATION") == 3 and expected["check"][0] is False
    assert expected["runs"] == {"one": True, "two": True, "last": True}


def test_dagster_reads_the_files_afterwards_and_a_second_run_replaces_the_newest(home: Home) -> None:
    with instance(home) as quick:
        first, second = ran(quick), ran(quick)
        assert told(quick, second)["runs"] == {"one": True, "two": True, "last": True}
    with dg.DagsterInstance.from_config(str(home.dagster)) as stock:
        assert not isinstance(stock.event_log_storage, QuickHistory)
        assert told(stock, second)["runs"] == {"one": True, "two": True, "last": True}
        assert told(stock, first)["events"] == told(stock, second)["events"]
        assert {run.run_id for run in stock.get_runs()} == {first, second}


def rows(path: Path) -> int:
    """How many events a file holds, by a connection of its own."""
    with closing(sqlite3.connect(path)) as con:
        return int(con.execute("select count(*) from event_logs").fetchone()[0])


def test_what_waits_is_written_when_somebody_asks_or_something_else_happens(home: Home) -> None:
    with instance(home) as quick:
        run_id = ran(quick)
        storage = quick.event_log_storage
        assert isinstance(storage, QuickHistory)
        file = Path(storage.path_for_shard(run_id))
        whole = rows(file)
        events = quick.all_logs(run_id)
        of_asset = next(e for e in events if e.dagster_event_type == dg.DagsterEventType.ASSET_MATERIALIZATION)
        of_step = next(e for e in events if e.dagster_event_type == dg.DagsterEventType.STEP_START)
        storage.store_event(of_asset)
        assert rows(file) == whole, "it waits"
        storage.store_event(of_step)
        assert rows(file) == whole + 2, "before a step's own event"
        storage.store_event_batch([of_asset, of_asset])
        assert rows(file) == whole + 2
        assert len(quick.all_logs(run_id)) == whole + 4, "before anybody reads"
        storage.store_event(of_asset)
    assert rows(file) == whole + 5, "before the instance is closed"


def test_a_partition_is_known_once_it_is_there_and_unknown_once_it_is_removed(home: Home) -> None:
    with instance(home) as quick:
        assert not quick.has_dynamic_partition("authority", "X1"), "what is not there is looked for again"
        quick.add_dynamic_partitions("authority", ["X1"])
        assert quick.has_dynamic_partition("authority", "X1") and quick.has_dynamic_partition("authority", "X1")
        assert not quick.has_dynamic_partition("team", "X1")
        quick.delete_dynamic_partition("authority", "X1")
        assert not quick.has_dynamic_partition("authority", "X1")
