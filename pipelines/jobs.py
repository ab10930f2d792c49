"""The one job: from deliveries to the published snapshot, for one position and every position that is out of step."""

from __future__ import annotations

import dagster as dg

from pipelines.partitions import positions

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    partitions_def=positions,
    description="Take in deliveries, conform, reconcile, validate, certify, publish.",
)
