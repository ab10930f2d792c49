"""Holds reading to account for what people do to a template before it comes back: it is read right or refused by row, never misread.

A thousand sheets, each edited at random, are read by the product's own readers and given their types at once. What was typed before the
edits is the oracle: every cell that is read is what was typed, or the product says that it could not read it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.readers.child import Request, read_file
from countermark.readers.headings import layout_of
from countermark.readers.process import FileAnswer, SheetAnswer
from countermark.warehouse import raw
from countermark.warehouse.connect import connect
from countermark.warehouse.receipts import Delivered, draft
from countermark.warehouse.typed import create_typed
from tests.edited_kit import Edit, Grid, filled, write
from tests.edits import HARMLESS, edited
from tests.intake_kit import catalogue

SHEETS = 1000
SEED = 20221031
CATALOGUE = catalogue()
NAMES = (
    "visits",
    "supervision",
    "actions",
    "core_groups",
    "priority_actions",
    "iro_disputes",
    "audits",
    "management_looks",
)
CONTRACTS = [CATALOGUE.contracts[f"trackers.{name}"] for name in NAMES]
LAYOUTS = [layout_of(contract) for contract in CATALOGUE.contracts.values()]
RECEIVED = datetime(2023, 3, 1, 9, tzinfo=UTC)
DATED = date(2023, 3, 1)


@dataclass(frozen=True)
class Handed:
    """A sheet as it came back, what its receipts say of it, and the layouts by which its rows were taken."""

    grid: Grid
    receipts: tuple[Receipt, ...]
    taken_for: frozenset[str]

    @property
    def receipt(self) -> Receipt | None:
        """The receipt of the contract that it was a template of; None where it was not known as that."""
        return next((one for one in self.receipts if one.contract == self.grid.contract.id), None)


@dataclass(frozen=True)
class Desk:
    """Everything that was handed in, read and typed: the rows by delivery and row number, rejected ones too."""

    handed: list[Handed]
    rows: dict[str, dict[int, dict[str, Any]]]


def hand_in(folder: Path, grids: list[Grid]) -> Desk:
    """Write, read, store and type: what intake does with as many files, without the process around it."""
    known = replace(CATALOGUE, contracts={contract.id: contract for contract in CONTRACTS})
    read = [_read(folder, number, grid) for number, grid in enumerate(grids)]
    every = [receipt for _, receipts, _ in read for receipt in receipts]
    with Ledger.open(f"sqlite:///{folder / 'ledger.db'}") as ledger, connect(None, CATALOGUE.sql) as con:
        ledger.store_authority("X", "authority = 'X'")
        raw.prepare(con, known)
        for contract in CONTRACTS:
            if tables := [table for _, _, found in read for name, table in found if name == contract.id]:
                con.register("every_row", pa.concat_tables(tables, promote_options="default"))
                con.execute(f'insert into raw."{contract.table}" by name from every_row')
        create_typed(con, known, ledger, [replace(one, seq=seq) for seq, one in enumerate(every, start=1)])
        settled = _settled(con)
        handed = [
            Handed(
                grid,
                tuple(replace(one, **settled[one.delivery_id]) for one in receipts),
                frozenset(name for name, _ in found),
            )
            for grid, receipts, found in read
        ]
        return Desk(handed, _typed_rows(con))


def _read(folder: Path, number: int, grid: Grid) -> tuple[Grid, list[Receipt], list[tuple[str, pa.Table]]]:
    """A sheet, its drafted receipts, and the rows that were taken with the layout by which they were."""
    answer = read_file(Request(write(grid, folder / "sheet.xlsx"), str(folder / "rows")), LAYOUTS)
    sheets = tuple(SheetAnswer(**sheet) for sheet in answer["sheets"])
    delivered = Delivered(f"{number}.xlsx", f"{number:064d}", "X", DATED, RECEIVED)
    found = []
    for sheet in (one for one in sheets if one.state == "loaded"):
        with pa.OSFile(sheet.rows) as file:
            table = pa.ipc.open_file(file).read_all()
        ids = pa.array([delivered.id(sheet.contract)] * len(table), pa.string())
        found.append((sheet.contract, table.append_column("delivery_id", ids)))
    return grid, draft(delivered, FileAnswer(sheets, answer["reason"]), CATALOGUE), found


def _settled(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    fields = ("rows_loaded", "rows_rejected", "status", "reason")
    rows = con.execute(f"select delivery_id, {', '.join(fields)} from typed.came_to").fetchall()
    return {row[0]: dict(zip(fields, row[1:], strict=True)) for row in rows}


def _typed_rows(con: duckdb.DuckDBPyConnection) -> dict[str, dict[int, dict[str, Any]]]:
    """All typed rows, with what was unreadable in each."""
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for contract in CONTRACTS:
        found = con.execute(
            f"select t.*, coalesce(r.unreadable, []) as unreadable from typed.{contract.table} as t "
            f"join raw.{contract.table} as r using (delivery_id, row_number)"
        )
        names = [column[0] for column in found.description]
        for values in found.fetchall():
            row = dict(zip(names, values, strict=True))
            rows.setdefault(row["delivery_id"], {})[row["row_number"]] = row
    return rows


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    chance = random.Random(SEED)
    sheets = (filled(chance.choice(CONTRACTS), CATALOGUE, chance, chance.randrange(3, 9)) for _ in range(SHEETS))
    return hand_in(tmp_path_factory.mktemp("edited"), [edited(grid, chance) for grid in sheets])


def of_each(edits: Sequence[Edit]) -> list[Grid]:
    """Each edit alone, to a sheet of each kind."""
    grids = []
    for edit, contract in product(edits, CONTRACTS):
        chance = random.Random(f"{edit.__name__} {contract.id}")
        grid = filled(contract, CATALOGUE, chance, 6)
        grid.log.append(edit.__name__)
        edit(grid, chance)
        grids.append(grid)
    return grids


def misread(row: dict[str, Any], typed: dict[str, Any], grid: Grid) -> list[str]:
    """The columns under which the product read something that nobody typed, or lost in silence what somebody did. Of a column without its
    heading nothing need be read."""
    wrong = []
    for name, meant in typed.items():
        if name == "team":
            continue  # a team that is none of the authority's is nobody's: not a matter of reading
        read, column = row[name], grid.contract.columns[name]
        may_be_blank = row.get(f"{name}_unusable") or name in row["unreadable"] or name not in grid.columns
        if read != meant and not (read is None and may_be_blank):
            wrong.append(f"{name}: {column.type}")
    return wrong


def problems(desk: Desk, one: Handed) -> list[str]:
    """What is wrong with how a sheet was read; nothing where it was read right or refused with a reason."""
    grid, receipt = one.grid, one.receipt
    if one.taken_for - {grid.contract.id}:
        return ["taken for something else"]
    if receipt is None or receipt.status == "rejected":
        return [] if all(each.reason for each in one.receipts) else ["refused without a reason"]
    found = []
    if receipt.rows_in != receipt.rows_loaded + receipt.rows_rejected + receipt.rows_ignored:
        found.append("the counts do not add up")
    rows = desk.rows[receipt.delivery_id]
    for place in grid.data:
        row = rows.get(place + 1)
        if row is None:
            found.append(f"row {place + 1}: it is lost")
        elif row["reject_column"] is None:
            found += [
                f"row {place + 1}: {wrong}" for wrong in misread(row, grid.typed[grid.rows[place].origin or 0], grid)
            ]
        elif not row["reject_reason"]:
            found.append(f"row {place + 1}: it is rejected without a reason")
    mine = {place + 1 for place in grid.data}
    others = [number for number, row in rows.items() if number not in mine and row["reject_column"] is None]
    return [*found, *(f"row {number}: it is none of the list's" for number in others)]


def test_a_thousand_edited_sheets_are_read_right_or_refused_by_row(desk: Desk) -> None:
    wrong = {n: (one.grid.log, found) for n, one in enumerate(desk.handed) if (found := problems(desk, one))}
    assert len(desk.handed) == SHEETS
    told = (f"{n}: {' '.join(log)}: {'; '.join(found[:4])}" for n, (log, found) in list(wrong.items())[:12])
    assert not wrong, "\n".join(told)


def test_what_changes_no_cell_costs_nothing(tmp_path: Path) -> None:
    """Sorted, filtered, moved, dressed or saved by another program: every row and every cell is read, and read right."""
    desk = hand_in(tmp_path, of_each(HARMLESS))
    for one in desk.handed:
        assert one.receipt is not None and one.receipt.status == "loaded", (one.grid.log, one.receipts)
        rows = desk.rows[one.receipt.delivery_id]
        for place in one.grid.data:
            typed = one.grid.typed[one.grid.rows[place].origin or 0]
            read = {name: rows[place + 1][name] for name in typed if name != "team"}
            assert read == {name: value for name, value in typed.items() if name != "team"}, one.grid.log


def test_a_misreading_would_be_seen(desk: Desk) -> None:
    """The positive control: had anything else been typed into a sheet that was loaded, each of its rows would be told."""
    seen = 0
    for one in desk.handed:
        if one.receipt is None or not one.receipt.rows_loaded:
            continue
        rows = desk.rows[one.receipt.delivery_id]
        loaded = [place + 1 for place in one.grid.data if rows[place + 1]["reject_column"] is None]
        another = [{name: value and f"{value}?" for name, value in typed.items()} for typed in one.grid.typed]
        told = problems(desk, replace(one, grid=replace(one.grid, typed=another)))
        assert {number for number in loaded if any(text.startswith(f"row {number}:") for text in told)} == {*loaded}, (
            one.grid.log
        )
        seen += len(loaded)
    assert seen > SHEETS


def test_most_of_what_people_do_costs_no_row(desk: Desk) -> None:
    kept = sum(one.receipt.rows_loaded for one in desk.handed if one.receipt is not None)
    typed = sum(len(one.grid.data) for one in desk.handed)
    assert kept > typed / 2, f"{kept} of {typed} rows"
    assert len({edit for one in desk.handed for edit in one.grid.log}) > 25, "every kind of edit was made"
