"""What a run read and what it made, as OpenLineage events in the home's lineage.jsonl: deliveries by id, conformed tables, published
tables with the snapshot as their version. Names of tables and ids of deliveries alone: no file name, no child. Nothing is sent.

A failure to write lineage is logged and stops nothing: figures do not depend on it.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from countermark.certify.snapshot import read
from countermark.contracts.catalogue import Catalogue
from countermark.exports.published import tables
from countermark.home import Home
from countermark.ledger.records import Revision, utc_now
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import EngineError, home_lock

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunState

log = logging.getLogger("countermark.lineage")
NAMESPACE = "countermark"
FILE = "lineage.jsonl"
CONFORM, PUBLISH, JUDGED = "conform", "publish", "publish_again"  # jobs
PRIVATE_FILE = 0o600


@contextmanager
def recorded(home: Home, catalogue: Catalogue, run_id: str = "") -> Iterator[None]:
    """Record the publication that is made inside: START before it, then COMPLETE with its data sets, or FAIL.

    `run_id` is the orchestrator's, a UUID; without one the run has its own. What was published since the last record without this, after
    a decision or a signature, is recorded first.
    """
    run = _uuid(run_id)
    with _harmless():
        _catch_up(home)
        _append(home, [_event(PUBLISH, "START", run, utc_now())])
    try:
        yield
    except BaseException:
        with _harmless():
            _append(home, [_event(PUBLISH, "FAIL", run, utc_now())])
        raise
    with _harmless():
        _completed(home, catalogue, run)


def _completed(home: Home, catalogue: Catalogue, run: str) -> None:
    with Ledger.open(home.ledger_url) as ledger:
        revision = ledger.revision_at()
    if revision is None:
        _append(home, [_event(PUBLISH, "COMPLETE", run, utc_now())])
        return
    conform = str(uuid5(UUID(run), CONFORM))
    at, fed, made = utc_now(), _deliveries(home, revision), _published(home, revision)
    conformed = sorted({table for contract in catalogue.contracts.values() for table in contract.feeds})
    _append(
        home,
        [
            _event(CONFORM, "START", conform, at, parent=run),
            _event(CONFORM, "COMPLETE", conform, at, fed, _outputs(conformed), parent=run),
            _event(PUBLISH, "COMPLETE", run, at, [*_inputs(conformed), *fed], made),
        ],
    )


def _catch_up(home: Home) -> None:
    """Record publications that the file does not know, but for the first of a home: that one is a run's."""
    known = _known(home)
    with Ledger.open(home.ledger_url) as ledger:
        revisions = ledger.revisions()
    for before, one in pairwise(revisions):
        if one.snapshot in known or before.snapshot not in known or not (home.published / one.snapshot).is_file():
            continue
        run = str(uuid5(NAMESPACE_URL, f"{NAMESPACE}/{one.snapshot}/{one.content_hash}"))
        made = _published(home, one, described=False)
        fed = _inputs([], [(f"published.{table}", before.snapshot) for table in tables()])
        _append(
            home,
            [
                _event(JUDGED, "START", run, one.published_at),
                _event(JUDGED, "COMPLETE", run, one.published_at, fed, made),
            ],
        )
        known.add(one.snapshot)


def _known(home: Home) -> set[str]:
    """The snapshots that the file has events of."""
    path, found = home.path / FILE, set[str]()
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            for made in json.loads(line).get("outputs", []):
                stands = made.get("facets", {}).get("version", {}).get("datasetVersion")
                found |= {stands} if stands else set()
    return found


def _deliveries(home: Home, revision: Revision) -> list[InputDataset]:
    """The deliveries that the published cases and counts came from, with the rows that were loaded of each."""
    from openlineage.client.event_v2 import InputDataset
    from openlineage.client.generated.input_statistics_input_dataset import InputStatisticsInputDatasetFacet

    with read(home.published / revision.snapshot) as con:
        rows = con.execute(
            "select delivery_id, rows_loaded from deliveries where delivery_id in "
            "(select delivery_id from members union select delivery_id from claims) order by delivery_id"
        ).fetchall()
    return [
        InputDataset(
            NAMESPACE, f"deliveries.{name}", {"inputStatistics": InputStatisticsInputDatasetFacet(rowCount=loaded)}
        )
        for name, loaded in rows
    ]


def _published(home: Home, revision: Revision, described: bool = True) -> list[OutputDataset]:
    """The published tables: the snapshot as version, rows, and (`described`) columns with their meaning."""
    from openlineage.client.event_v2 import OutputDataset
    from openlineage.client.generated.dataset_version_dataset import DatasetVersionDatasetFacet
    from openlineage.client.generated.output_statistics_output_dataset import OutputStatisticsOutputDatasetFacet
    from openlineage.client.generated.schema_dataset import SchemaDatasetFacet, SchemaDatasetFacetFields

    with read(home.published / revision.snapshot) as con:
        rows = {name: con.execute(f'select count(*) from main."{name}"').fetchall()[0][0] for name in tables()}
    found = []
    for table in tables().values():
        facets: dict[str, Any] = {"version": DatasetVersionDatasetFacet(datasetVersion=revision.snapshot)}
        if described:
            fields = [SchemaDatasetFacetFields(column.name, column.type, column.meaning) for column in table.columns]
            facets["schema"] = SchemaDatasetFacet(fields=fields)
        tally = OutputStatisticsOutputDatasetFacet(rowCount=rows[table.name])
        found.append(OutputDataset(NAMESPACE, f"published.{table.name}", {"outputStatistics": tally}, facets=facets))
    return found


def _inputs(conformed: Sequence[str], versioned: Iterable[tuple[str, str]] = ()) -> list[InputDataset]:
    from openlineage.client.event_v2 import InputDataset
    from openlineage.client.generated.dataset_version_dataset import DatasetVersionDatasetFacet

    found = [InputDataset(NAMESPACE, f"conformed.{name}") for name in conformed]
    return found + [
        InputDataset(NAMESPACE, name, facets={"version": DatasetVersionDatasetFacet(datasetVersion=snapshot)})
        for name, snapshot in versioned
    ]


def _outputs(conformed: Sequence[str]) -> list[OutputDataset]:
    from openlineage.client.event_v2 import OutputDataset

    return [OutputDataset(NAMESPACE, f"conformed.{name}") for name in conformed]


def _event(
    job: str,
    state: str,
    run: str,
    at: datetime,
    inputs: Sequence[InputDataset] = (),
    outputs: Sequence[OutputDataset] = (),
    parent: str = "",
) -> dict[Any, Any]:
    from openlineage.client.event_v2 import Job, Run, RunEvent
    from openlineage.client.generated import parent_run
    from openlineage.client.serde import Serde

    facets: dict[str, Any] = {}
    if parent:
        above = parent_run.ParentRunFacet(parent_run.Run(parent), parent_run.Job(NAMESPACE, PUBLISH))
        facets["parent"] = above
    event = RunEvent(
        eventTime=at.isoformat(), producer=f"urn:countermark:{version('countermark')}", run=Run(run, facets), job=Job(NAMESPACE, job),
        eventType=_state(state), inputs=list(inputs), outputs=list(outputs),
    )  # fmt: skip
    return Serde.to_dict(event)


def _state(name: str) -> RunState:
    from openlineage.client.event_v2 import RunState

    return RunState[name]


def _append(home: Home, events: Sequence[dict[Any, Any]]) -> None:
    """Add events to the file, its owner's alone, each a line."""
    text = "".join(json.dumps(event, sort_keys=True, ensure_ascii=False) + "\n" for event in events)
    with home_lock(home):
        file = os.open(home.path / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
        with os.fdopen(file, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)


def _uuid(run_id: str) -> str:
    try:
        return str(UUID(run_id))
    except ValueError:
        return str(uuid4())


@contextmanager
def _harmless() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, EngineError) as error:
        log.warning("Lineage could not be written: %s", type(error).__name__)
