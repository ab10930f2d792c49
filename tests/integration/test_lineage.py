"""Holds the lineage of a run to account: events as OpenLineage has them, from deliveries to the snapshot, for runs, failures and judgements;
no file's name, no child; and figures that do not depend on it."""

from __future__ import annotations

import json
import logging
import re
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from countermark.certify.snapshot import current, read
from countermark.contracts.catalogue import Catalogue, load
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.onward.lineage import FILE, recorded
from tests.integration.conftest import Undisturbed
from tests.onward_kit import home_with, numbered, publish


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def events(home: Home) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home.path / FILE).read_text(encoding="utf-8").splitlines()]


def shape(home: Home) -> list[tuple[str, str]]:
    return [(event["job"]["name"], event["eventType"]) for event in events(home)]


def names(event: dict[str, Any], side: str, part: str) -> set[str]:
    return {one["name"].removeprefix(f"{part}.") for one in event[side] if one["name"].startswith(f"{part}.")}


def test_a_run_leaves_its_lineage_from_deliveries_to_the_snapshot(
    undisturbed: Undisturbed, catalogue: Catalogue
) -> None:
    home = Home(undisturbed.home)
    assert shape(home) == [("publish", "START"), ("conform", "START"), ("conform", "COMPLETE"), ("publish", "COMPLETE")]
    start, _, conformed, published = events(home)
    standing = current(home)
    assert standing is not None
    with read(standing) as con:
        deliveries = {
            row[0]
            for row in con.execute("select delivery_id from members union select delivery_id from claims").fetchall()
            if row[0] is not None  # a case of a figure about figures comes from no one delivery
        }
        rows = con.execute("select count(*) from metrics").fetchall()[0][0]
    assert len(deliveries) > 5
    assert names(conformed, "inputs", "deliveries") == names(published, "inputs", "deliveries") == deliveries
    assert names(conformed, "outputs", "conformed") == names(published, "inputs", "conformed")
    assert {"cp_plans", "referrals"} <= names(conformed, "outputs", "conformed") <= set(catalogue.tables)
    metrics = next(one for one in published["outputs"] if one["name"] == "published.metrics")
    assert metrics["facets"]["version"]["datasetVersion"] == standing.name
    assert metrics["outputFacets"]["outputStatistics"]["rowCount"] == rows
    fields = {field["name"]: field["description"] for field in metrics["facets"]["schema"]["fields"]}
    assert "safe to quote" in fields["status"]
    assert start["run"]["runId"] == published["run"]["runId"] == conformed["run"]["facets"]["parent"]["run"]["runId"]
    runs = {path.stem for path in (home.dagster / "history" / "runs").glob("*.db")}
    assert start["run"]["runId"] in runs, "the orchestrator's own run id"


def test_events_are_as_the_standard_has_them(undisturbed: Undisturbed) -> None:
    for event in events(Home(undisturbed.home)):
        assert {"eventTime", "eventType", "producer", "schemaURL", "run", "job"} <= set(event)
        assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
        assert re.fullmatch(r"https://openlineage\.io/spec/.*#/\$defs/RunEvent", event["schemaURL"])
        UUID(event["run"]["runId"])
        assert event["producer"].startswith("urn:countermark:")
        for one in (*event.get("inputs", []), *event.get("outputs", [])):
            assert one["namespace"] == "countermark" and one["name"]
            for facet in (*one.get("facets", {}).values(), *one.get("outputFacets", {}).values()):
                assert facet["_producer"] and facet["_schemaURL"]


def test_no_child_no_worker_and_no_files_name_is_in_it(undisturbed: Undisturbed) -> None:
    home = Home(undisturbed.home)
    standing = current(home)
    assert standing is not None
    with read(standing) as con:
        said = con.execute(
            "select child_id from members union select worker from members union select file from deliveries union select counted_by from claims"
        ).fetchall()
    words = {str(word) for (word,) in said if word}
    text = (home.path / FILE).read_text(encoding="utf-8")
    values = set(re.findall(r'"((?:[^"\\]|\\.)*)"', text)) | set(re.findall(r": (\d+)", text))
    assert len(words) > 50 and not words & values
    assert not [word for word in words if len(word) > 8 and word in text]
    assert stat.S_IMODE((home.path / FILE).stat().st_mode) == 0o600


def test_a_publication_that_fails_says_so(tmp_path: Path, catalogue: Catalogue) -> None:
    home = home_with(tmp_path / "home", numbered(1, 2))
    run = str(uuid4())
    with pytest.raises(ValueError, match="Zephyrine"), recorded(home, catalogue, run):
        raise ValueError("Zephyrine Quux")
    assert shape(home) == [("publish", "START"), ("publish", "FAIL")]
    assert {event["run"]["runId"] for event in events(home)} == {run}
    assert "Zephyrine" not in (home.path / FILE).read_text(encoding="utf-8")


def test_what_people_judged_in_between_is_recorded_with_the_next_run(tmp_path: Path, catalogue: Catalogue) -> None:
    home = home_with(tmp_path / "home", numbered(1, 2))
    with recorded(home, catalogue):
        pass
    second = publish(home, numbered(2, 2))  # as a signature publishes: without a run
    third = publish(home, numbered(1, 2))
    for _ in range(2):
        with recorded(home, catalogue):
            pass
    judged = [event for event in events(home) if event["job"]["name"] == "publish_again"]
    assert [event["eventType"] for event in judged] == ["START", "COMPLETE"] * 2, "once each"
    made = [event["outputs"][0]["facets"]["version"]["datasetVersion"] for event in judged[1::2]]
    fed = [event["inputs"][0]["facets"]["version"]["datasetVersion"] for event in judged[1::2]]
    assert made == [f"{second}.duckdb", f"{third}.duckdb"] and fed[1] == made[0]


def test_figures_do_not_depend_on_it(tmp_path: Path, catalogue: Catalogue, caplog: pytest.LogCaptureFixture) -> None:
    home = home_with(tmp_path / "home", numbered(1, 2))
    (home.path / FILE).mkdir()
    done = []
    with caplog.at_level(logging.WARNING, "countermark.lineage"), recorded(home, catalogue):
        done.append(datetime.now(UTC))
    assert done and "Lineage could not be written: IsADirectoryError" in caplog.text


def test_a_home_in_which_nothing_was_published_has_no_data_sets(tmp_path: Path, catalogue: Catalogue) -> None:
    home = Home.open(tmp_path / "home")
    with Ledger.open(home.ledger_url):
        pass
    with recorded(home, catalogue, "no uuid"):
        pass
    assert shape(home) == [("publish", "START"), ("publish", "COMPLETE")]
    assert not any(event.get("outputs") for event in events(home))
