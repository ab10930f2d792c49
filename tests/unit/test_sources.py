"""Holds the sources as data to account: contracts, code sets, conformed tables and conform.sql fit each other, the
template that they describe, and workbooks that others made. What they make of rows is tests/examples/test_sources.py's.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.contracts import catalogue
from countermark.contracts.indicator import Indicator
from countermark.contracts.mapped import deciding
from countermark.contracts.model import ORIGIN, Contract
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.readers.headings import find_header, layout_of
from countermark.sample.layout import LISTS
from countermark.warehouse.conform import conform, create_tables
from countermark.warehouse.connect import connect, statements
from countermark.warehouse.typed import create_typed

CATALOGUE = catalogue.load()
NOT_OF_CHILDREN = {"adopters", "department", "posts", "priority_actions", "professionals"}
ANNEX = {number: CATALOGUE.contracts[f"annex_a.list_{number:02d}"] for number in range(1, 12)}
SHARED = catalogue.SHIPPED.parent / "shared"
TEMPLATE = SHARED / "domain" / "annex_a.json"
SAMPLES = sorted((SHARED / "samples" / "annex_a").glob("*.xlsx"))
needs_template = pytest.mark.skipif(not TEMPLATE.is_file(), reason="the template's machine-readable copy is not here")


def bare(text: str) -> str:
    """A heading or code without all that may differ in a real file; stricter than the reader."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def bare_code(text: str) -> str:
    return bare(re.sub(r"^\s*[A-Za-z0-9]{1,2}\)\s*(?=\S)", "", text))


def standard(header: str) -> str:
    plain = re.sub("['’‘]", "", unicodedata.normalize("NFKC", header)).casefold()
    return re.sub(r"[^0-9a-z]+", "_", plain).strip("_")


def empty_delivery(contract: Contract) -> Receipt:
    """What makes the typed table of a contract: a delivery of it, here without a row."""
    day = date(2022, 11, 2)
    received = datetime(2022, 11, 2, 9, tzinfo=UTC)
    return Receipt("X", f"d-{contract.id}", "f", "0" * 64, contract.id, day, False, received, 0, 0, 0, 0, "loaded")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Typed tables of every contract without a row, and conformed tables."""
    address = f"sqlite:///{tmp_path_factory.mktemp('none') / 'ledger.db'}"
    with Ledger.open(address) as ledger, connect(None, CATALOGUE.sql) as con:
        create_typed(con, CATALOGUE, ledger, [empty_delivery(contract) for contract in CATALOGUE.contracts.values()])
        create_tables(con, CATALOGUE)
        yield con


def template() -> dict[str, Any]:
    return json.loads(TEMPLATE.read_text("utf-8"))


@needs_template
def test_every_heading_of_the_template_is_a_column_in_its_order() -> None:
    for given in template()["lists"]:
        columns = [bare(column.header) for column in ANNEX[given["list"]].columns.values()]
        newer = {bare(header) for header in given["newer_columns_seen_in_2024_files"]}
        assert [header for header in columns if header not in newer] == [bare(c["header"]) for c in given["columns"]]
        assert newer <= set(columns)


@pytest.mark.parametrize("number", ANNEX)
def test_headings_agree_with_those_the_invented_authority_prints(number: int) -> None:
    printed = {bare(header) for _, header in LISTS[number]}
    described = {bare(c.header) for c in ANNEX[number].columns.values()}
    assert printed <= described
    assert len(described - printed) == (4 if number == 9 else 0)


def test_columns_are_named_after_their_headings() -> None:
    for contract in CATALOGUE.contracts.values():
        assert [standard(column.header) for column in contract.columns.values()] == list(contract.columns)
        assert contract.folder.name == contract.table


def test_a_heading_means_one_column_of_a_list() -> None:
    for contract in CATALOGUE.contracts.values():
        meant: dict[str, set[str]] = {}
        for column, c in contract.columns.items():
            for name in (c.header, *c.aliases):
                meant.setdefault(bare(name), set()).add(column)
        assert [name for name, columns in meant.items() if len(columns) > 1] == [], contract.id


@pytest.mark.skipif(not SAMPLES, reason="the sample workbooks are not here")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_list_of_a_sample_workbook_is_known_by_its_headings_alone(path: Path) -> None:
    from python_calamine import CalamineWorkbook

    layouts = [layout_of(contract) for contract in CATALOGUE.contracts.values()]
    found = set()
    for sheet in CalamineWorkbook.from_path(str(path)).sheet_names:
        number = re.fullmatch(r"List[ _](\d+)", sheet)
        if number is None:
            continue
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(nrows=5)
        match = find_header(rows, layouts, "Sheet1")
        assert match is not None, sheet
        assert (match.layout.id, match.fits) == (ANNEX[int(number[1])].id, True), sheet
        headings = [cell for cell in rows[match.row] if cell]
        assert len(match.places) == len(headings), sheet
        found.add(int(number[1]))
    assert found == set(ANNEX)


def test_rows_are_rejected_and_sheets_refused_only_for_columns_that_can_be_missed() -> None:
    for contract in CATALOGUE.contracts.values():
        must = {name for name, c in contract.columns.items() if c.must_have}
        required = {name for name, c in contract.columns.items() if c.required}
        # the further columns of a tracker's key tell rows apart where the manager's sheet has them
        key = contract.key[:1] if contract.family == "trackers" else contract.key
        assert {*key, *required} <= must, contract.id
        # supervision of a worker, or a board's challenge, is about no child
        assert contract.child in {*(contract.key if contract.family == "trackers" else required), ""}, contract.id
        assert contract.child in {*contract.key, ""}, contract.id


HEADLINES = [one for one in CATALOGUE.indicators.values() if one.headline]


@pytest.mark.parametrize("indicator", HEADLINES, ids=lambda one: str(one.id))
def test_a_sheet_without_a_column_that_a_headline_figure_reads_is_refused(indicator: Indicator) -> None:
    of_headline = [row for row in deciding(CATALOGUE) if row[0] == indicator.id and row[1] in indicator.contracts]
    assert of_headline, "the definition names columns of its lists"
    for _, contract, column, sources in of_headline:
        columns = CATALOGUE.contracts[contract].columns
        assert column in indicator.optional or any(columns[name].must_have for name in sources), column


def _inserts(contract: Contract) -> list[tuple[str, str]]:
    """Each statement of conform.sql as table and query."""
    shape = re.compile(r"insert into conformed\.(\w+) by name\s+((?:select|with)\b.*)", re.S)
    found = [shape.fullmatch(statement) for statement in statements(contract.conform_sql)]
    assert all(found), f"{contract.id}: every statement of conform.sql inserts by name"
    return [(match[1], match[2]) for match in found if match]


def test_conform_fills_every_documented_column_and_no_other(empty: duckdb.DuckDBPyConnection) -> None:
    filled: set[tuple[str, str]] = set()
    for contract in CATALOGUE.contracts.values():
        for table, query in _inserts(contract):
            columns = CATALOGUE.tables[table].columns
            made = {name: kind for name, kind, *_ in empty.execute(f"describe {query}").fetchall()}
            assert set(ORIGIN) <= made.keys(), f"{contract.id} leaves out where a row of {table} comes from"
            own = {name: kind for name, kind in made.items() if name not in ORIGIN}
            assert own == {name: columns[name].type for name in own if name in columns}, f"{contract.id} → {table}"
            assert f"'{contract.id}' as contract" in query
            filled |= {(table, name) for name in own}
    assert filled == {(name, column) for name, table in CATALOGUE.tables.items() for column in table.columns}


def test_conform_runs_over_nothing(empty: duckdb.DuckDBPyConnection) -> None:
    assert conform(empty, CATALOGUE) == dict.fromkeys(CATALOGUE.tables, 0)


def test_conformed_tables_keep_the_child_and_what_cannot_be_used() -> None:
    for name, table in CATALOGUE.tables.items():
        assert ("person_id" in table.columns) == (name not in NOT_OF_CHILDREN), name
        for column in table.columns:
            if column.endswith("_unusable"):
                assert column.removesuffix("_unusable") in table.columns
        if table.history:
            assert any(column.endswith("_unusable") for column in table.columns), name


def read_as(con: duckdb.DuckDBPyConnection, code_set: str, texts: list[str]) -> list[str | None]:
    """The code that the product reads in each text."""
    query = """
        select t, code from (select distinct unnest($texts::varchar[]) as t)
        left join typed.spellings as s on s.code_set = $code_set and s.spelling = norm_code(t)
    """
    read = dict(con.execute(query, {"texts": texts, "code_set": code_set}).fetchall())
    return [read[text] for text in texts]


@pytest.mark.parametrize("name", CATALOGUE.code_sets)
def test_no_spelling_means_two_codes(empty: duckdb.DuckDBPyConnection, name: str) -> None:
    codes = CATALOGUE.code_sets[name].codes
    said = [(text, code.code) for code in codes for text in (code.code, code.label, *code.spellings)]
    meant: dict[str, set[str]] = {}
    for text, code in said:
        meant.setdefault(bare_code(text), set()).add(code)
    assert {text: found for text, found in meant.items() if len(found) > 1} == {}
    assert read_as(empty, name, [text for text, _ in said]) == [code for _, code in said]


@needs_template
def test_every_code_of_the_template_is_known_with_and_without_its_letter(empty: duckdb.DuckDBPyConnection) -> None:
    tried = set()
    for given in template()["lists"]:
        columns = {bare(c.header): c.code_set for c in ANNEX[given["list"]].columns.values()}
        for column in given["columns"]:
            ours = columns[bare(column["header"])]
            if not ours or column["code_set"] is None:
                continue
            said = [entry["code"] for entry in template()["code_sets"][column["code_set"]]]
            codes = read_as(empty, ours, said)
            unknown = [text for text, code in zip(said, codes, strict=True) if code is None]
            assert unknown == [], ours
            assert read_as(empty, ours, [re.sub(r"^[a-z]{1,2}\) ", "", text) for text in said]) == codes
            assert len(set(codes)) == len(said), f"{ours}: two codes of the template became one"
            tried.add(column["code_set"])
    assert set(template()["code_sets"]) - tried == {"LA of Placement"}, "names of authorities are no codes"


def test_no_single_letter_is_an_ethnic_group(empty: duckdb.DuckDBPyConnection) -> None:
    letters = "select spelling from typed.spellings where code_set = 'ethnicity' and length(spelling) = 1"
    assert empty.execute(letters).fetchall() == []


def test_every_code_set_is_asked_for() -> None:
    asked = {column.code_set for contract in CATALOGUE.contracts.values() for column in contract.columns.values()}
    assert set(CATALOGUE.code_sets) == asked - {""}


COUNTS = "indicator_id team as_at unit numerator denominator counted_by counted_at method note definition"
LISTED = "indicator_id team as_at case_id in_denominator in_numerator event_date counted_by counted_at note"
LISTED += " family_id list_of"
CODES = {
    "claim_unit": "child event family meeting worker",
    "claim_method": "case_file own_list whiteboard prefilled system_report",
    "claim_list_of": "denominator numerator complement",
}


def test_claims_take_every_row_and_the_words_of_their_templates() -> None:
    counts, lists = CATALOGUE.contracts["manual_counts"], CATALOGUE.contracts["manual_lists"]
    assert (" ".join(counts.columns), " ".join(lists.columns)) == (COUNTS, LISTED)
    assert counts.key == lists.key == (), "a key would hide the second of two counts, and the case that is listed twice"
    assert {name: " ".join(code.code for code in CATALOGUE.code_sets[name].codes) for name in CODES} == CODES
