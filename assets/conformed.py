"""Conformed tables: the shape of the Standard Safeguarding Dataset."""

from collections.abc import Iterator

import dagster as dg

from assets.intake import raw_key
from assets.steps import RETRY, HomeResource, plainly
from countermark import progress
from countermark.contracts.catalogue import Catalogue
from countermark.ledger.secrets import pseudonym_key
from countermark.warehouse.conform import conform
from countermark.warehouse.identity import Judgements
from countermark.warehouse.typed import create_typed


def conformed_key(table: str) -> dg.AssetKey:
    """The asset of one conformed table."""
    return dg.AssetKey(["conformed", table])


def build(catalogue: Catalogue) -> dg.AssetsDefinition:
    """One step that gives raw rows their types and fills every conformed table."""
    feeds: dict[str, dict[dg.AssetKey, None]] = {name: {} for name in catalogue.tables}
    for contract in catalogue.contracts.values():
        for table in contract.feeds:
            feeds[table][raw_key(contract)] = None
    specs = [
        dg.AssetSpec(
            conformed_key(table.name), deps=list(feeds[table.name]), group_name="conformed", owners=["team:data-engineering"],
            kinds={"duckdb"}, description=f"{table.title}. {table.grain}",
        )
        for table in catalogue.tables.values()
    ]  # fmt: skip

    @dg.multi_asset(specs=specs, name="conform", retry_policy=RETRY)
    @plainly
    def conform_step(home: HomeResource) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        place = home.open()
        with place.ledger() as ledger, place.warehouse() as con:
            progress.report("Conforming")
            create_typed(con, place.catalogue, ledger)
            judged = Judgements.of(ledger, pseudonym_key(place.home.path))
            for table, rows in conform(con, place.catalogue, judged).items():
                yield dg.MaterializeResult(asset_key=conformed_key(table), metadata={"dagster/row_count": rows})

    return conform_step
