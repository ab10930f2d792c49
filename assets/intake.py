"""Deliveries and raw rows: what each file said, with its receipt."""

from collections.abc import Iterator
from datetime import date

import dagster as dg

from assets.steps import RETRY, HomeResource, plainly
from countermark import progress
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.desk import handed_in
from countermark.ledger.records import Receipt
from countermark.warehouse import raw
from countermark.warehouse.databases import read_databases
from countermark.warehouse.intake import intake
from countermark.warehouse.typed import create_typed
from expectations.rules import judged_as

DELIVERIES = dg.AssetKey("deliveries")


def raw_key(contract: Contract) -> dg.AssetKey:
    """The asset of a contract's raw rows: of its own for a list of Annex A and for what teams count, else the one of its family."""
    return dg.AssetKey(["raw", judged_as(contract)])


def build(catalogue: Catalogue) -> dg.AssetsDefinition:
    """One step that makes the receipts and the raw rows of every contract."""
    groups: dict[dg.AssetKey, list[Contract]] = {}
    for contract in catalogue.contracts.values():
        groups.setdefault(raw_key(contract), []).append(contract)
    specs = [
        dg.AssetSpec(
            DELIVERIES, group_name="deliveries", owners=["team:data-engineering"], kinds={"file"},
            description="Every file of the inbox, taken once, kept under its sha256, with a receipt in the ledger.",
        ),
        *(
            dg.AssetSpec(
                key, deps=[DELIVERIES], group_name="raw", owners=["team:data-engineering"], kinds={"duckdb"},
                description=f"{'; '.join(one.title for one in contracts)}: each row as the file said it, appended and never changed.",
            )
            for key, contracts in groups.items()
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
            create_typed(con, place.catalogue, ledger)  # what came back is read there, in a rebuild too
            taken = handed_in.take(place.home, ledger, con, date.today())
            receipts = ledger.receipts()
            yield dg.MaterializeResult(
                asset_key=DELIVERIES,
                metadata={
                    "new receipts": (len(summary.receipts) if summary else 0) + len(read),
                    "refused": (len(summary.refused) if summary else 0) + sum(r.status == "rejected" for r in read),
                    "decided in workbooks": taken.get("applied", 0),
                    "still growing": len(summary.growing) if summary else 0,
                    "read again": again,
                    "rows in": sum(r.rows_in for r in receipts),
                    "rows loaded": sum(r.rows_loaded for r in receipts),
                    "rows rejected": sum(r.rows_rejected for r in receipts),
                    "rows ignored": sum(r.rows_ignored for r in receipts),
                },
            )
            for key, contracts in groups.items():
                counts = " union all ".join(f'select count(*) as rows from raw."{one.table}"' for one in contracts)
                rows = con.execute(f"select sum(rows)::bigint from ({counts})").fetchall()[0][0]
                metadata = {"dagster/row_count": rows, "file layouts": len(contracts)}
                yield dg.MaterializeResult(asset_key=key, metadata=metadata)

    return take_in
