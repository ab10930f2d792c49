"""Members, figures and bridges of a position, and the arithmetic that must hold for them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb

from assets.conformed import conformed_key
from assets.intake import raw_key
from assets.steps import RETRY, HomeResource, Workplace, newest_authority, plainly, position_of
from countermark import progress
from countermark.certify.facts import record_definitions
from countermark.certify.lacking import record_lacking
from countermark.certify.sealed import bring_back, sealed_positions
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import Indicator
from countermark.contracts.parameters import in_force
from countermark.ledger.store import Ledger
from countermark.reconcile.abreast import Asked, compute_each
from countermark.reconcile.bridges_abreast import Counted, bridge_each
from countermark.reconcile.invariants import NAMES, Invariant
from countermark.reconcile.members import Position
from countermark.reconcile.positions import begin, duties, go_lives, inputs, note_computed, to_compute
from countermark.reconcile.weekly import watch

SEALED = "the position is sealed since a child was purged: it stands as it was published"
CLAIMS, FIGURES, BRIDGES = dg.AssetKey("claims"), dg.AssetKey("figures"), dg.AssetKey("bridges")
PAIRS = dg.AssetKey("pairs")


def members_key(indicator_id: str) -> dg.AssetKey:
    """The asset of one indicator's members."""
    return dg.AssetKey(["members", indicator_id])


def _due(place: Workplace, con: duckdb.DuckDBPyConnection, ledger: Ledger, wanted: Position) -> list[Position]:
    """The positions to work out: the wanted one, and of those that are known or asked for beside it what is out of step. What is sealed
    since a purge is brought back as it was published, and left alone."""
    sealed = sealed_positions(ledger)
    bring_back(con, place.catalogue, place.home, sealed)
    known = [Position(one.authority, one.as_at) for one in ledger.positions()]
    known += [Position(wanted.authority, as_at) for as_at in place.earlier]
    return [one for one in to_compute(con, wanted, [one for one in known if one not in sealed]) if one not in sealed]


def with_cases(catalogue: Catalogue) -> list[Indicator]:
    """The indicators whose cases are listed before publication; figures about figures are made at it, out of the others."""
    return [one for one in catalogue.indicators.values() if one.stage == "members"]


def build_members(catalogue: Catalogue, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """One step that lists the cases of every indicator that has its cases from conformed tables."""
    specs = [
        dg.AssetSpec(
            members_key(indicator.id), deps=[conformed_key(table) for table in indicator.reads], group_name="members",
            owners=["team:performance"], kinds={"duckdb"}, partitions_def=partitions,
            description=f"{indicator.title}: one row per case. {indicator.why_it_matters}",
        )
        for indicator in with_cases(catalogue)
    ]  # fmt: skip

    @dg.multi_asset(specs=specs, name="list_members", retry_policy=RETRY)
    @plainly
    def list_members(context: dg.AssetExecutionContext, home: HomeResource) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        place, wanted = home.open(), position_of(context)
        with place.ledger() as ledger, place.warehouse() as con:
            positions = _due(place, con, ledger, wanted)
            counts: dict[str, int] = {}
            asked = [_asked(place, ledger, position) for position in positions]
            for position in positions:
                begin(con, position)
            progress.report("Listing cases", 0, len(positions))
            for number, (position, rows) in enumerate(zip(positions, compute_each(con, asked), strict=True), 1):
                progress.report("Listing cases", number, len(positions))
                counts = rows if position == wanted else counts
        for indicator in with_cases(place.catalogue):
            yield dg.MaterializeResult(
                asset_key=members_key(indicator.id),
                metadata={
                    "dagster/row_count": counts.get(indicator.id, 0),
                    "positions brought in step": len(positions) - 1,
                },
            )

    return list_members


def _asked(place: Workplace, ledger: Ledger, position: Position) -> Asked:
    authority = newest_authority(ledger, position.authority)
    in_use = in_force(place.catalogue, authority, position.as_at)
    return Asked(position, in_use, authority.sources if authority else None)


def build_bridges(catalogue: Catalogue, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """One step that makes claims, figures and bridges; seven blocking checks stand behind it."""
    members = [members_key(one.id) for one in with_cases(catalogue)]
    claimed = [raw_key(contract) for contract in catalogue.contracts.values() if contract.family == "manual"]
    common: dict[str, Any] = {
        "group_name": "reconciled",
        "owners": ["team:performance"],
        "kinds": {"duckdb"},
        "partitions_def": partitions,
    }
    specs = [
        dg.AssetSpec(CLAIMS, deps=claimed, description="What teams counted, the latest count of each with its list.", **common),
        dg.AssetSpec(FIGURES, deps=members, description="Sums over members, by team and for the authority.", **common),
        dg.AssetSpec(
            BRIDGES, deps=[CLAIMS, FIGURES, *members], **common,
            description="Why the two counts differ, case by case: manual + effects = system, exactly.",
        ),
        dg.AssetSpec(
            PAIRS, deps=[conformed_key(name) for name in _read_by_pairs(catalogue)], **common,
            description="One system against another: what each counts of one thing, and every case on which they differ.",
        ),
    ]  # fmt: skip
    checks = [dg.AssetCheckSpec(name, asset=BRIDGES, blocking=True) for name in NAMES]

    @dg.multi_asset(specs=specs, check_specs=checks, name="reconcile", retry_policy=RETRY)
    @plainly
    def reconcile_step(
        context: dg.AssetExecutionContext, home: HomeResource
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
        place, wanted = home.open(), position_of(context)
        found: list[Invariant] = []
        rows: dict[str, int] = {}
        with place.ledger() as ledger, place.warehouse() as con:
            positions = _due(place, con, ledger, wanted)
            is_sealed = wanted not in positions
            asked = [_counted(place, ledger, position) for position in positions]
            for position in positions:
                begin(con, position)
            progress.report("Reconciling", 0, len(positions))
            for number, (one, made) in enumerate(zip(asked, bridge_each(con, asked), strict=True), 1):
                progress.report("Reconciling", number, len(positions))
                rows = made.rows if one.position == wanted else rows
                found += made.invariants
                record_definitions(con, one.catalogue, one.position, one.owes, one.go_lives)
                record_lacking(con, one.catalogue, one.position)
                if made.holds:
                    note_computed(con, one.position)
                    ledger.add_position(one.position.authority, one.position.as_at)
            _watch(place, con, ledger, wanted)
        for key, table in ((CLAIMS, "claims"), (FIGURES, "figures"), (BRIDGES, "items"), (PAIRS, "pair_items")):
            yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": rows.get(table, 0)})
        for name in NAMES:
            yield _result(name, [outcome for outcome in found if outcome.name == name], is_sealed)

    return reconcile_step


def _read_by_pairs(catalogue: Catalogue) -> list[str]:
    sides = [side for pair in catalogue.pairs.values() for side in (pair.left, pair.right)]
    return sorted({table for side in sides for table in side.reads})


def _watch(place: Workplace, con: duckdb.DuckDBPyConnection, ledger: Ledger, wanted: Position) -> None:
    """Follow the weeks up to the newest position of the run's authority."""
    progress.report("Following the weeks")
    days = [one.as_at for one in ledger.positions() if one.authority == wanted.authority]
    newest = Position(wanted.authority, max([wanted.as_at, *days]))
    watch(con, place.catalogue, newest, newest_authority(ledger, wanted.authority), inputs(con, newest))


def _counted(place: Workplace, ledger: Ledger, position: Position) -> Counted:
    authority = newest_authority(ledger, position.authority)
    owes = duties(authority, position.as_at, set(place.catalogue.indicators))
    return Counted(position, in_force(place.catalogue, authority, position.as_at), owes, go_lives(authority))


def _result(name: str, outcomes: list[Invariant], is_sealed: bool) -> dg.AssetCheckResult:
    broken = [outcome for outcome in outcomes if outcome.outcome != "PASS"]
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=BRIDGES,
        passed=(bool(outcomes) or is_sealed) and not broken,
        severity=dg.AssetCheckSeverity.ERROR,
        description=outcomes[0].says if outcomes else SEALED if is_sealed else "nothing was asked",
        metadata={
            "positions asked": len(outcomes),
            "rows that break it": sum(outcome.broken for outcome in outcomes),
            "outcome": next((outcome.outcome for outcome in broken), "PASS"),
        },
    )
