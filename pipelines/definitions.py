"""What Dagster loads: assets made from the catalogue, one job, schedules, sensors, alerts. `dagster dev -w workspace.yaml`."""

from __future__ import annotations

import os

import dagster as dg

from assets import conformed, figures, intake, publication, validation
from assets.steps import HomeResource, definitions
from countermark.home import Home
from pipelines.alerts import alerts_digest, run_failed, watch_publication
from pipelines.jobs import everything
from pipelines.partitions import positions
from pipelines.schedules import daily, monthly, weekly
from pipelines.sensors import drop_folder


def build() -> dg.Definitions:
    """The definitions over the catalogue as it is now."""
    catalogue = definitions()
    return dg.Definitions(
        assets=[
            intake.build(catalogue),
            conformed.build(catalogue),
            figures.build_members(catalogue, positions),
            figures.build_bridges(catalogue, positions),
            validation.build(catalogue),
            publication.build(),
        ],
        jobs=[everything, alerts_digest],
        schedules=[daily, weekly, monthly, watch_publication],
        sensors=[drop_folder, run_failed],
        resources={"home": HomeResource(path=str(Home.default_path()), inbox=os.environ.get("COUNTERMARK_INBOX", ""))},
        executor=dg.in_process_executor,
    )


defs = build()
