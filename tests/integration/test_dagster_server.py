"""Holds to account: `dagster dev -w workspace.yaml` on a home that was only prepared. It shows the graph, schedules and sensors, and runs what it
is asked to, one run at a time, in one process a run; when it is ended nothing of it is left, and it reports to nobody."""

from __future__ import annotations

import time
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from countermark.home import Home
from countermark.ledger.store import Ledger
from pipelines.instance import prepare
from tests.dagster_kit import REPOSITORY, Place
from tests.worked import write_worked
from tools.dagster_dev import Server, serving

SELECTOR = {"repositoryName": "__repository__", "repositoryLocationName": "pipelines.definitions"}
MONTH_ENDS = ("2022-08-31", "2022-09-30")
SHOWN = """query($of: RepositorySelector!) {
    assetNodes { assetKey { path } groupName description owners { ... on TeamAssetOwner { team } } }
    schedulesOrError(repositorySelector: $of) { ... on Schedules { results { name executionTimezone scheduleState { status } } } }
    sensorsOrError(repositorySelector: $of) { ... on Sensors { results { name sensorState { status } } } }
    instance { runQueueConfig { maxConcurrentRuns } daemonHealth { allDaemonStatuses { daemonType healthy } } }
}"""
REGISTER = """mutation($of: RepositorySelector!) {
    addDynamicPartition(repositorySelector: $of, partitionsDefName: "authority", partitionKey: "E1") { __typename }
}"""
LAUNCH = "mutation($what: ExecutionParams!) { launchRun(executionParams: $what) { __typename } }"
BACKFILL = "mutation($what: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $what) { __typename } }"
RUNS = "{ runsOrError { ... on Runs { results { runId status startTime endTime tags { key value } } } } }"


def position(day: str) -> dict[str, Any]:
    """What asks for a run of one position."""
    tags = {"dagster/partition": f"{day}|E1", "dagster/partition/as_at": day, "dagster/partition/authority": "E1"}
    return {
        "selector": {**SELECTOR, "jobName": "everything"},
        "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
    }


def finished(server: Server, count: int, within: float = 400) -> dict[str, dict[str, Any]]:
    """The runs by as-at date, once so many have ended."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        runs = server.ask(RUNS)["runsOrError"]["results"]
        under_way = [run for run in runs if run["status"] in ("STARTING", "STARTED")]
        assert len(under_way) <= 1, "one run at a time"
        if len(runs) == count and all(run["endTime"] for run in runs):
            return {tag["value"]: run for run in runs for tag in run["tags"] if tag["key"] == "dagster/partition/as_at"}
        time.sleep(1)
    raise AssertionError(server.log.read_text(errors="replace")[-3000:])


def test_shows_the_graph_and_runs_it(tmp_path: Path) -> None:
    place = Place(Home.open(tmp_path / "home"), write_worked(tmp_path / "inbox", second=True))
    prepare(place.home)
    with serving(place.home.path, place.inbox, tmp_path / "log") as server:
        family = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]
        shows(server.ask(SHOWN, of=SELECTOR))
        assert server.ask(REGISTER, of=SELECTOR)["addDynamicPartition"]["__typename"] == "AddDynamicPartitionSuccess"
        assert server.ask(LAUNCH, what=position("2022-10-31"))["launchRun"]["__typename"] == "LaunchRunSuccess"
        backfill = {
            "selector": {"partitionSetName": "everything_partition_set", "repositorySelector": SELECTOR},
            "partitionNames": [f"{day}|E1" for day in MONTH_ENDS],
        }
        asked = server.ask(BACKFILL, what=backfill)["launchPartitionBackfill"]["__typename"]
        assert asked == "LaunchBackfillSuccess"
        runs = finished(server, 1 + len(MONTH_ENDS))
    ran_one_after_another(runs)
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE], "all of it ended"
    with Ledger.open(place.home.ledger_url) as ledger:
        assert {one.as_at for one in ledger.positions()} == {date(2022, 8, 31), date(2022, 9, 30), date(2022, 10, 31)}
    assert len(place.revisions()) == 3
    gathered = [path for name in ("logs", ".logs_queue") for path in (place.home.dagster / name).glob("*")]
    assert gathered == [], "nothing is kept to be reported"


def shows(said: Any) -> None:
    """The graph, what runs by itself, and the limit on runs."""
    assert {tuple(node["assetKey"]["path"]) for node in said["assetNodes"]} == {
        tuple(key.path) for key in REPOSITORY.asset_graph.get_all_asset_keys()
    }
    assert all(node["description"] and node["groupName"] and node["owners"] for node in said["assetNodes"])
    schedules = {one["name"]: one for one in said["schedulesOrError"]["results"]}
    sensors = {one["name"]: one["sensorState"]["status"] for one in said["sensorsOrError"]["results"]}
    assert schedules.keys() == {"daily", "weekly", "monthly", "watch_publication"}
    assert {one["executionTimezone"] for one in schedules.values()} == {"Europe/London"}
    assert {name: sensors[name] for name in ("drop_folder", "run_failed")} == {
        "drop_folder": "STOPPED",
        "run_failed": "STOPPED",
    }
    assert {one["scheduleState"]["status"] for one in schedules.values()} == {"STOPPED"}, (
        "nothing runs before somebody says so"
    )
    assert said["instance"]["runQueueConfig"]["maxConcurrentRuns"] == 1


def ran_one_after_another(runs: dict[str, dict[str, Any]]) -> None:
    """All succeeded, and none began before the one before it had ended."""
    assert {day: run["status"] for day, run in runs.items()} == dict.fromkeys((*MONTH_ENDS, "2022-10-31"), "SUCCESS")
    times = sorted((run["startTime"], run["endTime"]) for run in runs.values())
    assert all(before[1] <= after[0] for before, after in pairwise(times))
