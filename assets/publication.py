"""Publication: gates, status and range on a new snapshot, made current only where its content differs."""

from collections.abc import Iterator

import dagster as dg

from assets.figures import BRIDGES, FIGURES, PAIRS
from assets.steps import RETRY, HomeResource, plainly
from assets.validation import FAILURES
from countermark import progress
from countermark.certify.controls import record
from countermark.certify.facts import record_deliveries
from countermark.certify.publish import publish_from_warehouse
from countermark.certify.snapshot import read
from countermark.onward.lineage import recorded
from countermark.reconcile.members import Position
from countermark.reconcile.positions import leave_out_unfinished

CERTIFIED, PUBLISHED = dg.AssetKey("certified"), dg.AssetKey("published")


def build() -> dg.AssetsDefinition:
    """One step that certifies all positions and publishes them."""
    specs = [
        dg.AssetSpec(
            CERTIFIED, deps=[FIGURES, BRIDGES, PAIRS, FAILURES], group_name="published", owners=["team:performance"], kinds={"duckdb"},
            description="Every figure with its seven gates: certified, provisional or withheld, and why. "
            "Figures about these figures are made with them.",
        ),
        dg.AssetSpec(
            PUBLISHED, deps=[CERTIFIED], group_name="published", owners=["team:performance"], kinds={"duckdb"},
            description="The immutable snapshot that pages, exports and other tools read.",
        ),
    ]  # fmt: skip

    @dg.multi_asset(specs=specs, name="publish", retry_policy=RETRY)
    @plainly
    def publish(context: dg.AssetExecutionContext, home: HomeResource) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        place = home.open()
        progress.report("Certifying and publishing")
        with recorded(place.home, place.catalogue, context.run_id), place.ledger() as ledger, place.warehouse() as con:
            known = [Position(one.authority, one.as_at) for one in ledger.positions()]
            if waiting := leave_out_unfinished(con, known):
                raise dg.Failure(UNFINISHED.format(waiting[0].authority, waiting[0].as_at), allow_retries=False)
            record_deliveries(con, place.catalogue)
            tried = record(con, place.catalogue)
            publication = publish_from_warehouse(con, place.home, place.catalogue, ledger)
        with read(place.home.published / publication.snapshot) as snapshot:
            tally = dict(snapshot.execute("select status, count(*) from main.metrics group by status").fetchall())
        yield dg.MaterializeResult(asset_key=CERTIFIED, metadata={status: tally.get(status, 0) for status in STATUSES})
        yield dg.MaterializeResult(
            asset_key=PUBLISHED,
            metadata={
                "snapshot": publication.snapshot, "content hash": publication.content_hash, "new": publication.is_new,
                "figures changed": len(publication.changed), "dagster/row_count": sum(tally.values()),
                "planted faults": len(tried), "planted faults not found": sum(one.outcome != "PASS" for one in tried),
            },
        )  # fmt: skip

    return publish


STATUSES = ("certified", "provisional", "withheld")
UNFINISHED = "The position of {} at {} was begun and its checks have not passed: run the whole pipeline for it; nothing was published."
