"""The product's own figures and bridges of a generated population: text rows into raw, the rest by the real code.

One connection in memory and one empty ledger serve every example; each example's deliveries have ids of their own and
are forgotten by the next. An example is a few populations, each an authority of its own: giving types and conforming cost the same for
one and for three, and nothing of one may reach another. Files are left out: `inbox` goes that way. Not here: what is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import duckdb

from countermark.contracts import catalogue as definitions
from countermark.contracts.catalogue import Catalogue
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.reconcile.bridges import reconcile
from countermark.reconcile.members import Position, compute
from countermark.warehouse import raw
from countermark.warehouse.conform import conform
from countermark.warehouse.connect import EngineError, connect
from countermark.warehouse.typed import create_typed
from tests.oracle.cells import as_id
from tests.oracle.figures import Member
from tests.oracle.inbox import AUTHORITY, COUNT_HEADERS, LIST_HEADERS, count_cells, list_cells
from tests.oracle.population import Population, TextRow, lines_of

LISTS = [f"annex_a.list_{number:02d}" for number in range(3, 9)]
CLAIMS = ["manual_counts", "manual_lists"]
PREFILLED = "manual_prefilled"
CROSSWALK = "identity.crosswalk"
# Extracts of generated populations grow and shrink as they like; what is held is tested where it is decided.
NOTHING_HELD = 'authority = "{}"\n[parameters]\nheld_below_share = 0\n'
AUTHORITIES = [AUTHORITY, "E06000013", "E06000014"]
FIRST = datetime(2022, 1, 1, tzinfo=UTC)


class World(NamedTuple):
    """A population, the crosswalk that comes with it, and the indicators to compute (none named: all)."""

    population: Population
    links: Mapping[str, str] = MappingProxyType({})
    indicators: tuple[str, ...] = ()


@dataclass(repr=False)
class Engine:
    """The product without files, orchestrator or publication."""

    con: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    ledger: Ledger
    taken: int = 0

    @classmethod
    def start(cls, folder: Path) -> Engine:
        """An engine over the contracts that the generated populations fill; its ledger lies in `folder`."""
        every = definitions.load([definitions.SHIPPED])
        wanted = {name: every.contracts[name] for name in [*LISTS, *CLAIMS, PREFILLED, CROSSWALK]}
        catalogue = replace(every, contracts=wanted)
        con = connect(None, catalogue.sql)
        con.execute("set threads = 1")  # so few rows are done sooner by one
        raw.prepare(con, catalogue)
        ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
        for authority in AUTHORITIES:
            ledger.store_authority(authority, NOTHING_HELD.format(authority))
        return cls(con, catalogue, ledger)

    def stop(self) -> None:
        """Let go of both databases."""
        self.con.close()
        self.ledger.close()

    def take(self, worlds: Sequence[World]) -> list[Position]:
        """Replace what was there by these populations, an authority each; members of both bases are computed."""
        for contract in self.catalogue.contracts.values():
            self.con.execute(f'delete from raw."{contract.table}"')
        receipts = [
            receipt
            for authority, world in zip(AUTHORITIES, worlds, strict=False)
            for receipt in self._delivered(authority, world)
        ]
        with self._mending():
            create_typed(self.con, self.catalogue, self.ledger, receipts)
            conform(self.con, self.catalogue)
            return [self._computed(authority, world) for authority, world in zip(AUTHORITIES, worlds, strict=False)]

    def _computed(self, authority: str, world: World) -> Position:
        position, every = Position(authority, world.population.as_at), self.catalogue.indicators
        wanted = {name: every[name] for name in world.indicators or every}
        compute(self.con, replace(self.catalogue, indicators=wanted), position)
        return position

    def _delivered(self, authority: str, world: World) -> list[Receipt]:
        """A population's rows in raw, with a crosswalk from old ids to new ones where there are any."""
        population = world.population
        receipts = [
            self._deliver(authority, f"annex_a.{name}", rows, extract.extracted_on, number)
            for number, extract in enumerate(population.extracts)
            for name, rows in extract.lists.items()
        ]
        counts = [dict(zip(COUNT_HEADERS, cells, strict=True)) for cells in count_cells(population)]
        rows = [dict(zip(LIST_HEADERS, cells, strict=True)) for cells in list_cells(population)]
        pairs = [{"old_id": old, "new_id": new} for old, new in world.links.items()]
        receipts += [
            self._deliver(authority, name, cells, population.as_at)
            for name, cells in zip([*CLAIMS, CROSSWALK], (counts, rows, pairs), strict=True)
            if cells
        ]
        return receipts

    @contextmanager
    def _mending(self) -> Iterator[None]:
        """Leave the connection usable for the next example whatever happens to this one."""
        try:
            yield
        except EngineError:
            with suppress(duckdb.Error):
                self.con.execute("rollback")
            raise

    def _deliver(
        self, authority: str, contract_id: str, rows: list[TextRow], extracted_on: date, number: int = 0
    ) -> Receipt:
        """Text rows as one delivery's raw rows, and the receipt that vouches for them."""
        contract = self.catalogue.contracts[contract_id]
        self.taken += 1
        delivery_id = f"d{self.taken:08d}"
        columns = [name for name in contract.columns if any(name in row for row in rows)]
        ids = {name for name in columns if contract.columns[name].type == "id"}
        values: list[list[object]] = [
            [delivery_id, line, str(line), 1, [], *(_said(row.get(name, ""), name in ids) for name in columns)]
            for line, row in zip(lines_of(number, rows), rows, strict=True)
        ]
        named = ", ".join(
            f'"{name}"' for name in ("delivery_id", "row_number", "source_row", "sheet_number", "unreadable", *columns)
        )
        marks = ", ".join("?" * (5 + len(columns)))
        self.con.executemany(f'insert into raw."{contract.table}" ({named}) values ({marks})', values)
        received = FIRST + timedelta(seconds=self.taken)
        return Receipt(
            authority, delivery_id, f"{delivery_id}.csv", delivery_id, contract_id, extracted_on, False, received,
            len(rows), len(rows), 0, 0, "loaded", seq=self.taken,
        )  # fmt: skip

    def members(self, position: Position, basis: str = "now") -> dict[str, dict[str, list[Member]]]:
        """Indicator, case, and the members under that id: more than one would be a fault."""
        found: dict[str, dict[str, list[Member]]] = {}
        rows = self.con.execute(
            "select indicator_id, case_id, in_denominator, in_numerator, state, team from facts.members "
            "where authority = ? and as_at = ? and basis = ?",
            [position.authority, position.as_at, basis],
        ).fetchall()
        for indicator, case_id, *rest in rows:
            found.setdefault(indicator, {}).setdefault(case_id, []).append(Member(*rest))
        return found

    def bridge(self, position: Position, owes: dict[str, Iterable[str]]) -> list[tuple[object, ...]]:
        """The product's items: indicator, team, case, measure, effect, reason."""
        with self._mending():
            reconcile(self.con, self.catalogue, position, owes)
        return self.con.execute(
            "select indicator_id, team, case_id, measure, effect, reason from facts.items "
            "where authority = ? and as_at = ?",
            [position.authority, position.as_at],
        ).fetchall()


def _said(text: str, is_id: bool) -> str | None:
    """A cell as the readers hand it on: trimmed, blank as null, ids normalised."""
    return as_id(text) if is_id else (text.strip() or None)
