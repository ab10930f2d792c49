"""Holds to account: what Dagster shows and does with the assets. Each is described, owned and in its layer's group; a run leaves row
counts; a broken invariant stops publication while a rule that failed does not; what fails says so without values and is tried again only
where that may help. The server itself is in `test_dagster_server.py`."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import dagster as dg
import duckdb
import pytest

from assets import conformed, figures, intake, publication, steps, validation
from countermark.contracts.catalogue import CatalogueError
from countermark.ledger.records import LedgerUnwritable
from countermark.reconcile import bridges_abreast, invariants
from countermark.warehouse.connect import EngineError, HomeBusyError, quiet
from expectations.rules import judged_as
from pipelines import command_line
from pipelines.instance import BY_HAND, close_killed
from pipelines.partitions import as_at_dates, authorities, positions
from tests.dagster_kit import REPOSITORY, Place, steps_by_outcome, stored, worked_place
from tests.intake_kit import catalogue

DAY = date(2022, 10, 31)
GRAPH = REPOSITORY.asset_graph
LAYERS = {"deliveries", "raw", "conformed", "members", "reconciled", "validated", "published"}
PARTITIONED = {"members", "reconciled"}
AFTER_FIGURES = [
    figures.CLAIMS,
    figures.FIGURES,
    figures.BRIDGES,
    figures.PAIRS,
    publication.CERTIFIED,
    publication.PUBLISHED,
]
CANARY = "Zephyrine Quux"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The worked figure's deliveries, materialised for one position from Dagster's side. Copy it, do not write into it."""
    place = worked_place(tmp_path_factory.mktemp("ran"))
    result = place.materialise(DAY)
    assert result.success
    return place


@pytest.fixture
def mine(ran: Place, tmp_path: Path) -> Place:
    """The same, to write into."""
    return ran.copy(tmp_path / "home")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The same deliveries before a home in which nothing ran."""
    return worked_place(tmp_path_factory.mktemp("bare"))


def evaluations(place: Place) -> dict[str, dg.AssetCheckEvaluation]:
    """The last evaluation of each check, as the instance keeps it."""
    with place.instance() as opened:
        keys = list(GRAPH.asset_check_keys)
        found = opened.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    return {key.name: record.event.dagster_event.asset_check_evaluation_data for key, record in found.items()}  # type: ignore[union-attr,misc]


def value(said: Any) -> Any:
    return getattr(said, "value", said)


# what Dagster shows


def test_every_asset_is_described_owned_and_in_its_layer() -> None:
    for key in GRAPH.get_all_asset_keys():
        node = GRAPH.get(key)
        assert len(node.description or "") > 20, key
        assert node.owners in (["team:data-engineering"], ["team:performance"]), key
        assert node.group_name in LAYERS, key
        assert (node.partitions_def == positions) == (node.group_name in PARTITIONED), key
    assert {GRAPH.get(key).group_name for key in GRAPH.get_all_asset_keys()} == LAYERS


def test_the_catalogue_is_the_graph() -> None:
    """An asset for every list of Annex A and every other family of sources, every conformed table, every indicator that
    has its cases from them, and every one on the way from deliveries to what is published; figures about figures are made in publishing."""
    definitions = catalogue()
    keys = GRAPH.get_all_asset_keys()
    assert {key.path[1] for key in keys if key.path[0] == "members"} == {
        one.id for one in definitions.indicators.values() if one.stage == "members"
    }
    assert {one.stage for one in definitions.indicators.values()} == {"members", "published"}
    assert {key.path[1] for key in keys if key.path[0] == "conformed"} == set(definitions.tables)
    assert {key.path[1] for key in keys if key.path[0] == "raw"} == {
        judged_as(contract) for contract in definitions.contracts.values()
    }
    upstream = GRAPH.get_ancestor_asset_keys(publication.PUBLISHED)
    assert keys - upstream == {publication.PUBLISHED}
    assert intake.DELIVERIES in upstream


def test_the_six_invariants_block_and_the_rules_do_not() -> None:
    checks = {key: GRAPH.get_check_spec(key) for key in GRAPH.asset_check_keys}
    assert {key.name for key, spec in checks.items() if spec.blocking} == set(invariants.NAMES)
    assert {key.asset_key for key, spec in checks.items() if spec.blocking} == {figures.BRIDGES}
    named = {judged_as(catalogue().contracts[rule.contract]) for rule in catalogue().rules}
    assert {key.name for key, spec in checks.items() if not spec.blocking} == named
    assert {"annex_a_list_07", "manual_counts", "ssd", "trackers"} <= named


def test_positions_are_authority_by_as_at() -> None:
    assert {dimension.name: dimension.partitions_def for dimension in positions.partitions_defs} == {
        "authority": authorities,
        "as_at": as_at_dates,
    }
    for job in ("everything",):
        assert REPOSITORY.get_job(job).partitions_def == positions
        assert REPOSITORY.get_job(job).executor_def.name == "in_process"


def test_definitions_load_from_elsewhere(tmp_path: Path) -> None:
    """From any folder by the installed module's name. From workspace.yaml the server's test loads them."""
    environment = os.environ | {"COUNTERMARK_HOME": str(tmp_path / "home"), "DAGSTER_DISABLE_TELEMETRY": "yes"}
    done = subprocess.run(
        [Path(sys.executable).with_name("dagster"), "definitions", "validate", "-m", "pipelines.definitions"], cwd=tmp_path,
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# what a run leaves


def test_a_run_leaves_counts_on_every_asset(ran: Place) -> None:
    with ran.instance() as opened:
        for key in GRAPH.get_all_asset_keys():
            event = opened.get_latest_materialization_event(key)
            assert event and event.asset_materialization, key
            said = {name: value(entry) for name, entry in event.asset_materialization.metadata.items()}
            assert said, key
            if key not in (intake.DELIVERIES, publication.CERTIFIED):
                assert isinstance(said["dagster/row_count"], int), key
            if GRAPH.get(key).group_name in PARTITIONED:
                assert event.asset_materialization.partition == "2022-10-31|E1"
        deliveries = opened.get_latest_materialization_event(intake.DELIVERIES).asset_materialization.metadata  # type: ignore[union-attr]
        plans = opened.get_latest_materialization_event(
            conformed.conformed_key("cp_plans")
        ).asset_materialization.metadata  # type: ignore[union-attr]
        members = opened.get_latest_materialization_event(figures.members_key("PP1")).asset_materialization.metadata  # type: ignore[union-attr]
        certified = opened.get_latest_materialization_event(publication.CERTIFIED).asset_materialization.metadata  # type: ignore[union-attr]
    rows = {name: value(deliveries[f"rows {name}"]) for name in ("in", "loaded", "rejected", "ignored")}
    assert rows["in"] == rows["loaded"] + rows["rejected"] + rows["ignored"] == 26
    assert value(plans["dagster/row_count"]) == 16, "eight children in two extracts"
    assert value(members["dagster/row_count"]) == 8
    assert {name: value(count) for name, count in certified.items()}.keys() == {"certified", "provisional", "withheld"}


def test_a_run_leaves_every_check_evaluated(ran: Place) -> None:
    found = evaluations(ran)
    assert all(found[name].passed for name in invariants.NAMES)
    rules = Counter(judged_as(catalogue().contracts[rule.contract]) for rule in catalogue().rules)
    for check, number in rules.items():
        said = {name: value(entry) for name, entry in found[check].metadata.items()}
        assert sum(said.values()) == number, check
        assert said["could not be run"] == 0


def test_dagster_and_the_command_line_publish_the_same(
    ran: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Place(ran.home.open(tmp_path / "other"), ran.inbox)
    assert countermark(monkeypatch, "run", "--inbox", other.inbox, "--home", other.home.path, "--as-at", DAY) == 0
    assert [one.content_hash for one in other.revisions()] == [one.content_hash for one in ran.revisions()]


def test_month_ends_one_after_another(mine: Place) -> None:
    """What a backfill does: each position for itself, what was published before stays."""
    days = [date(2022, 8, 31), date(2022, 9, 30), DAY]
    for day in days:
        assert mine.materialise(day, [*figures_of(), *AFTER_FIGURES]).success, day
    revisions = mine.revisions()
    assert [revision.seq for revision in revisions] == [1, 2, 3], "October was published before, and is the same"
    with duckdb.connect(str(mine.home.published / revisions[-1].snapshot), read_only=True) as con:
        known = con.execute("select distinct as_at from main.metrics order by 1").fetchall()
    assert [row[0] for row in known] == days
    with mine.instance() as opened:
        assert opened.get_materialized_partitions(figures.BRIDGES) == {f"{day}|E1" for day in days}


def figures_of() -> list[dg.AssetKey]:
    """The assets of all members."""
    return [figures.members_key(one.id) for one in figures.with_cases(catalogue())]


def countermark(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The command line's exit code."""
    monkeypatch.setattr(sys, "argv", ["countermark", *map(str, arguments)])
    try:
        command_line.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


# what stops a publication and what does not


def breaking(outcome: str, only: date | None = None) -> Callable[..., list[invariants.Invariant]]:
    """The invariants, the first of which does not hold."""

    def check(con: Any, catalogue: Any, position: Any, names: Any) -> list[invariants.Invariant]:
        found = invariants.check(con, catalogue, position, names)
        broken = outcome if only in (None, position.as_at) else None
        return [
            replace(one, outcome=broken, broken=int(broken == "FAIL")) if broken and one.name == "bridges_add" else one
            for one in found
        ]

    return check


@pytest.mark.parametrize("outcome", ["FAIL", "ERROR"])
def test_a_broken_invariant_stops_publication(mine: Place, monkeypatch: pytest.MonkeyPatch, outcome: str) -> None:
    before = mine.revisions()
    monkeypatch.setattr(bridges_abreast, "check", breaking(outcome))
    result = mine.materialise(date(2022, 9, 30), [*figures_of(), *AFTER_FIGURES])
    assert not result.success
    assert steps_by_outcome(result)["reconcile"] == "STEP_FAILURE"
    assert steps_by_outcome(result).get("publish") in (None, "STEP_SKIPPED")
    assert mine.revisions() == before
    found = evaluations(mine)
    assert not found["bridges_add"].passed and value(found["bridges_add"].metadata["outcome"]) == outcome
    assert all(found[name].passed for name in invariants.NAMES[1:])
    attempts = [event for event in result.all_events if event.event_type_value == "STEP_RESTARTED"]
    assert not attempts, "arithmetic does not mend itself"


def test_a_broken_position_is_not_published_behind_the_check(mine: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publishing alone, after the checks said no: what goes out holds nothing of the broken position."""
    with monkeypatch.context() as patch:
        patch.setattr(bridges_abreast, "check", breaking("FAIL"))
        assert not mine.materialise(date(2022, 9, 30), [*figures_of(), *AFTER_FIGURES]).success
    before = mine.revisions()
    mine.materialise(date(2022, 9, 30), [publication.CERTIFIED, publication.PUBLISHED])
    assert [one.content_hash for one in mine.revisions()] == [one.content_hash for one in before]


def test_a_published_position_is_not_published_half_made(mine: Place) -> None:
    """Cases listed anew and not reconciled: publishing alone says what to run, and what was published stands."""
    before = mine.revisions()
    assert mine.materialise(DAY, figures_of()).success
    result = mine.materialise(DAY, [publication.CERTIFIED, publication.PUBLISHED])
    said = next(event for event in result.all_events if event.is_step_failure).step_failure_data.user_failure_data  # type: ignore[union-attr]
    assert said and "E1 at 2022-10-31 was begun" in str(said.description)
    assert mine.revisions() == before
    assert mine.materialise(DAY, AFTER_FIGURES).success
    assert mine.revisions() == before


def test_the_command_line_says_so_and_exits_1(
    mine: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = mine.revisions()
    monkeypatch.setattr(bridges_abreast, "check", breaking("FAIL"))
    monkeypatch.setattr("expectations.suites.run", lambda *_: [])  # of the rules nothing is asked here
    code = countermark(monkeypatch, "run", "--inbox", mine.inbox, "--home", mine.home.path, "--as-at", "2022-09-30")
    assert code == 1
    said = capsys.readouterr().err
    assert "An invariant does not hold: bridges_add" in said and "the last publication stands" in said
    assert mine.revisions() == before


def test_verdicts_keep_pass_fail_and_error_apart(mine: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that failed is a warning, one that could not be run an error; neither stops publication."""
    real = __import__("expectations.suites", fromlist=["run"]).run
    changed: dict[str, str] = {}

    def run(*arguments: Any) -> list[Any]:
        found = real(*arguments)
        for contract, status in (
            ("annex_a.list_06", "ERROR"),
            ("annex_a.list_07", "FAIL"),
            ("annex_a.list_08", "PASS"),
        ):
            number = next(n for n, one in enumerate(found) if one.contract == contract)
            for other, one in enumerate(found):
                if one.contract == contract:
                    found[other] = replace(one, status=status if other == number else "PASS")
            changed[found[number].rule_code] = status
        return found

    monkeypatch.setattr("expectations.suites.run", run)
    result = mine.materialise(DAY, [validation.FAILURES, publication.CERTIFIED, publication.PUBLISHED])
    assert result.success
    found = evaluations(mine)
    severity = {name: found[f"annex_a_list_{name}"].severity for name in ("06", "07")}
    assert severity == {"06": dg.AssetCheckSeverity.ERROR, "07": dg.AssetCheckSeverity.WARN}
    assert {name: found[f"annex_a_list_{name}"].passed for name in ("06", "07", "08")} == {
        "06": False,
        "07": False,
        "08": True,
    }
    counts = {name: {k: value(v) for k, v in found[f"annex_a_list_{name}"].metadata.items()} for name in ("06", "07")}
    assert (counts["06"]["could not be run"], counts["06"]["failed"]) == (1, 0)
    assert (counts["07"]["could not be run"], counts["07"]["failed"]) == (0, 1)
    with duckdb.connect(str(mine.home.warehouse)) as con:
        kept = dict(con.execute("select rule_code, status from facts.rule_results").fetchall())
    assert {code: kept[code] for code in changed} == changed


# what fails


def no_delay(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
    monkeypatch.setattr(module, "RETRY", dg.RetryPolicy(max_retries=steps.RETRY.max_retries, delay=0))


def engine_error(kind: type[duckdb.Error]) -> EngineError:
    try:
        with quiet("conforming"):
            raise kind(f"Could not convert {CANARY}")
    except EngineError as error:
        return error


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (HomeBusyError("another run is writing to this home"), 3),
        (OSError(28, "No space left on device", f"{CANARY}.xlsx"), 3),
        (LedgerUnwritable("The ledger cannot be written."), 3),
        (engine_error(duckdb.IOException), 3),
        (engine_error(duckdb.ConversionException), 1),
        (CatalogueError("sql/indicators/XX1 is incomplete"), 1),
        (ValueError(CANARY), 1),
        (duckdb.ConversionException(f"Could not convert {CANARY}"), 1),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else str(one),
)
def test_tries_again_only_what_may_pass_and_keeps_no_value(
    bare: Place, monkeypatch: pytest.MonkeyPatch, error: Exception, tries: int
) -> None:
    place, count = bare, []

    def refuse(*_: Any) -> Any:
        count.append(1)
        raise error

    no_delay(monkeypatch, conformed)
    monkeypatch.setattr(conformed, "create_typed", refuse)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with place.instance() as opened:
        result = dg.materialize(
            [conformed.build(catalogue())], instance=opened, resources={"home": place.resource}, raise_on_error=False
        )
        assert not result.success
        assert len(count) == tries
        failure = next(event for event in result.all_events if event.is_step_failure)
        said = failure.step_failure_data.user_failure_data.description  # type: ignore[union-attr]
        logs = json.dumps([entry.to_json() for entry in opened.all_logs(result.run_id)])
    assert said and "conform" in logs and CANARY not in logs
    assert stored(place.home.path, CANARY) == []
    assert stored(place.home.path, result.run_id), "it was looked for where runs are kept"


def test_a_drop_folder_that_is_gone_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = worked_place(tmp_path)
    gone = Place(place.home, tmp_path / "gone")
    no_delay(monkeypatch, intake)
    with gone.instance() as opened:
        result = dg.materialize(
            [intake.build(catalogue())], instance=opened, resources={"home": gone.resource}, raise_on_error=False
        )
    said = next(event for event in result.all_events if event.is_step_failure).step_failure_data.user_failure_data  # type: ignore[union-attr]
    assert said and "There is no drop folder" in str(said.description)


def test_a_run_that_was_killed_does_not_keep_the_others_waiting(tmp_path: Path) -> None:
    """Dagster counts a run as under way until somebody says otherwise, and takes one at a time."""
    place = worked_place(tmp_path)
    with place.instance() as opened:
        job = REPOSITORY.get_job("alerts_digest")
        dead = opened.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=BY_HAND)
        other = opened.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        close_killed(opened)
        assert [opened.get_run_by_id(run.run_id).status.value for run in (dead, other)] == ["FAILURE", "STARTED"]  # type: ignore[union-attr]


def test_settings_are_there_before_dagster_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`countermark prepare` makes a home that Dagster can start on; what an engineer changed there stays."""
    home = tmp_path / "new"
    assert countermark(monkeypatch, "prepare", "--home", home) == 0
    with dg.DagsterInstance.from_config(str(home / "dagster")) as opened:
        assert not opened.telemetry_enabled
        assert opened.get_concurrency_config().run_queue_config.max_concurrent_runs == 1  # type: ignore[union-attr]
        assert opened.run_monitoring_enabled and opened.run_monitoring_max_runtime_seconds > 0
    settings = home / "dagster" / "dagster.yaml"
    assert (home / "ledger.db").is_file() and settings.stat().st_mode & 0o077 == 0
    settings.write_text(settings.read_text() + "# mine\n")
    assert countermark(monkeypatch, "prepare", "--home", home) == 0
    assert settings.read_text().endswith("# mine\n")
