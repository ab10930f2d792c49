"""Deliveries and raw rows: what each file said, with its receipt."""

from collections.abc import Iterator

import dagster as dg

from assets.steps import RETRY, HomeResource, plainly
from countermark import progress
from countermark.contracts.catalogue import Catalogue
from countermark.ledger.records import Receipt
from countermark.warehouse import raw
from countermark.warehouse.databases import read_databases
from countermark.warehouse.intake import intake

DELIVERIES = dg.AssetKey("deliveries")


def raw_key(table: str) -> dg.AssetKey:
    """The asset of one contract's raw rows."""
    return dg.AssetKey(["raw", table])


def build(catalogue: Catalogue) -> dg.AssetsDefinition:
    """One step that makes the receipts and, for each contract, its raw rows."""
    specs = [
        dg.AssetSpec(
            DELIVERIES, group_name="deliveries", owners=["team:data-engineering"], kinds={"file"},
            description="Every file of the inbox, taken once, kept under its sha256, with a receipt in the ledger.",
        ),
        *(
            dg.AssetSpec(
                raw_key(contract.table), deps=[DELIVERIES], group_name="raw", owners=["team:data-engineering"], kinds={"duckdb"},
                description=f"{contract.title}: each row as the file said it, appended and never changed.",
            )
            for contract in catalogue.contracts.values()
        ),
    ]  # fmt: skip

    @dg.multi_asset(specs=specs, name="take_in", retry_policy=RETRY)
    @plainly
    def take_in(home: HomeResource) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        place = home.open()
        with place.ledger() as ledger, place.warehouse() as con:
            progress.report("Taking in deliveries")
            again = raw.mend(place.home, place.catalogue, ledger, con)
            summary = None
            read: tuple[Receipt, ...] = ()
            if place.inbox is not None:
                if not place.inbox.is_dir():
                    raise dg.Failure(
                        f"There is no drop folder {place.inbox}: make it, or name another in COUNTERMARK_INBOX."
                    )
                summary = intake(
                    place.home, place.inbox, place.authority, place.catalogue, ledger, con,
                    lambda done, total: progress.report("Taking in deliveries", done, total),
                )  # fmt: skip
                read = read_databases(
                    place.home, place.catalogue, ledger, con,
                    lambda done, total: progress.report("Reading databases", done, total), place.inbox,
                )  # fmt: skip
            receipts = ledger.receipts()
            yield dg.MaterializeResult(
                asset_key=DELIVERIES,
                metadata={
                    "new receipts": (len(summary.receipts) if summary else 0) + len(read),
                    "refused": (len(summary.refused) if summary else 0) + sum(r.status == "rejected" for r in read),
                    "still growing": len(summary.growing) if summary else 0,
                    "read again": again,
                    "rows in": sum(r.rows_in for r in receipts),
                    "rows loaded": sum(r.rows_loaded for r in receipts),
                    "rows rejected": sum(r.rows_rejected for r in receipts),
                    "rows ignored": sum(r.rows_ignored for r in receipts),
                },
            )
            for contract in place.catalogue.contracts.values():
                rows = con.execute(f'select count(*) from raw."{contract.table}"').fetchall()[0][0]
                yield dg.MaterializeResult(asset_key=raw_key(contract.table), metadata={"dagster/row_count": rows})

    return take_in
