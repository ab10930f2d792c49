"""Holds every source to its examples.toml: cells in, typed rows, rejects and conformed rows out.

All examples go through the product's own typed and conformed steps at once, each as a delivery of an authority of its
own. Reading files is not tried here: `given.rows` holds cells as text under standard column names, and columns left out
are blank; `given."<contract>"` holds rows of another table that was read beside it. `then.<table>` is a conformed table, `then.loaded` the typed rows, `then.rejected` the rows turned away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from countermark.contracts import catalogue
from countermark.contracts.model import Contract
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.readers.cells import text_column
from countermark.warehouse import raw
from countermark.warehouse.conform import conform
from countermark.warehouse.connect import connect
from countermark.warehouse.reads import rows_table
from countermark.warehouse.typed import create_typed
from tests.examples.pipe import header, parse, show
from tests.examples.world import as_text, only

EXTRACTED_ON = date(2022, 11, 2)
RECEIVED_AT = datetime(2022, 11, 2, 9, tzinfo=UTC)
PLACE = ("delivery_id", "row_number", "source_row", "sheet_number", "unreadable")
FIRST_ROW = 2  # below a header in the first row
CATALOGUE = catalogue.load()


@dataclass(frozen=True)
class Example:
    """One worked example of a source, given as the delivery D<number> of the authority X<number>."""

    contract: Contract
    number: int
    said: dict[str, Any]

    @property
    def authority(self) -> str:
        return f"X{self.number}"


def _read() -> list[Example]:
    texts = [(c, (c.folder / "examples.toml").read_text("utf-8")) for c in CATALOGUE.contracts.values()]
    said = [(contract, example) for contract, text in texts for example in tomllib.loads(text)["example"]]
    return [Example(contract, number, example) for number, (contract, example) in enumerate(said, start=1)]


EXAMPLES = _read()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every example delivered, typed and conformed."""
    address = f"sqlite:///{tmp_path_factory.mktemp('sources') / 'ledger.db'}"
    with Ledger.open(address) as ledger, connect(None, CATALOGUE.sql) as con:
        raw.prepare(con, CATALOGUE)
        for example in EXAMPLES:
            ledger.store_authority(example.authority, _authority(example))
        create_typed(con, CATALOGUE, ledger, [receipt for example in EXAMPLES for receipt in _all_of(con, example)])
        conform(con, CATALOGUE)
        yield con


def _given(example: Example) -> list[tuple[Contract, str]]:
    """The rows of the example's own contract, then those of others beside it."""
    beside = [(CATALOGUE.contracts[name], text) for name, text in example.said["given"].items() if name != "rows"]
    return [(example.contract, example.said["given"]["rows"]), *beside]


def _all_of(con: duckdb.DuckDBPyConnection, example: Example) -> list[Receipt]:
    others = _given(example)[1:]
    return [_deliver(con, example), *(_deliver(con, example, contract, text) for contract, text in others)]


def _authority(example: Example) -> str:
    """The teams that the rows name are the teams there are."""
    named = {row.get(contract.team) for contract, text in _given(example) for row in parse(text)}
    teams = sorted(team for team in named if team and team != "ALL")
    return f"authority = {example.authority!r}\n" + "".join(f"[[teams]]\nname = {team!r}\n" for team in teams)


def _deliver(
    con: duckdb.DuckDBPyConnection, example: Example, contract: Contract | None = None, text: str = ""
) -> Receipt:
    """Put the rows into raw as the reader would, and return their receipt; rows of another contract under an id of their own."""
    delivery = f"D{example.number}{f'-{contract.id}' if contract else ''}"
    contract, text = contract or example.contract, text or example.said["given"]["rows"]
    rows, names = parse(text), header(text)
    assert set(names) <= set(contract.columns), f"{contract.id} has no column {set(names) - set(contract.columns)}"
    read = {name: text_column([row[name] for row in rows], contract.columns[name].type) for name in names}
    columns = ", ".join(f'"{name}"' for name in (*PLACE, *names))
    marks = ", ".join("?" * (len(PLACE) + len(names)))
    for place in range(len(rows)):
        number = FIRST_ROW + place
        unreadable = [name for name, (_, broken) in read.items() if place in broken]
        origin = [delivery, number, f"{contract.sheet_hint.title()}!{number}", 0, unreadable]
        cells = [texts[place] for texts, _ in read.values()]
        con.execute(f"insert into {rows_table(con, contract)} ({columns}) values ({marks})", [*origin, *cells])
    return Receipt(
        authority=example.authority,
        delivery_id=delivery,
        file="example.csv",
        sha256="0" * 64,
        contract=contract.id,
        extracted_on=EXTRACTED_ON,
        extracted_on_inferred=False,
        received_at=RECEIVED_AT,
        rows_in=len(rows),
        rows_loaded=len(rows),
        rows_rejected=0,
        rows_ignored=0,
        status="loaded",
    )


def _found(con: duckdb.DuckDBPyConnection, example: Example, part: str) -> list[dict[str, str | None]]:
    """The rows of a part of `then` that the example's authority has."""
    if part == "rejected":  # a delivery without one usable row has no typed rows, yet its rejects are told
        query = 'select source_row, "column" as header from facts.rejects where authority = ?'
    elif part == "loaded":
        query = f'from typed."{example.contract.table}" where reject_column is null and authority = ?'
    else:
        assert part in CATALOGUE.tables, f"then.{part} is no conformed table"
        query = f"from conformed.\"{part}\" where authority = ? and contract = '{example.contract.id}'"
    found = con.execute(query, [example.authority])
    names = [column[0] for column in found.description]
    return [dict(zip(names, map(as_text, values), strict=True)) for values in found.fetchall()]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.contract.id}: {e.said['title']}")
def test_example(warehouse: duckdb.DuckDBPyConnection, example: Example) -> None:
    for part, text in example.said["then"].items():
        columns = header(text)
        expected = only(parse(text), columns)
        found = only(_found(warehouse, example, part), columns)
        assert found == expected, f"{part}\nexpected\n{show(columns, expected)}\n\nfound\n{show(columns, found)}"


def test_no_example_rejects_in_silence(warehouse: duckdb.DuckDBPyConnection) -> None:
    silent = {e.authority: e.said["title"] for e in EXAMPLES if "rejected" not in e.said["then"]}
    told = warehouse.execute("select authority, source_row, reason from facts.rejects").fetchall()
    assert [(silent[authority], row, reason) for authority, row, reason in told if authority in silent] == []


def test_every_conformed_row_says_where_it_comes_from(warehouse: duckdb.DuckDBPyConnection) -> None:
    for name in CATALOGUE.tables:
        lost = warehouse.execute(
            f"""
            select count(*) from conformed."{name}" as c
            where authority is null or source_row is null or extracted_on is null or not exists (
                select 1 from typed.deliveries as d where (d.delivery_id, d.contract) = (c.delivery_id, c.contract)
            )
            """
        ).fetchone()
        assert lost == (0,), name


def test_examples_fill_every_table_and_show_every_unusable_flag_that_an_indicator_reads() -> None:
    shown = {part for example in EXAMPLES for part in example.said["then"]}
    assert set(CATALOGUE.tables) <= shown
    texts = "\n".join(indicator.members_sql for indicator in CATALOGUE.indicators.values())
    flags = {name for table in CATALOGUE.tables.values() for name in table.columns if name.endswith("_unusable")}
    heads = {name for e in EXAMPLES for part in e.said["then"].values() for name in header(part)}
    assert {flag for flag in flags if flag in texts} <= heads
