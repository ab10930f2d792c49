"""Holds every pair of systems to its examples.toml: what each list holds, and every difference that must be found, with its reason."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.contracts.catalogue import CatalogueError, load
from countermark.contracts.pairs import Pair, Side
from countermark.reconcile.bridges import ready
from countermark.reconcile.members import FACTS, Position
from countermark.reconcile.pairs import reconcile_pairs
from countermark.warehouse.connect import connect
from tests.examples.pipe import header, parse, show
from tests.examples.world import SQL, World, as_text, only, table

CATALOGUE = load()
PLACE = "E0"
READ = sorted({name for pair in CATALOGUE.pairs.values() for side in (pair.left, pair.right) for name in side.reads})


def _examples() -> list[Any]:
    return [
        pytest.param(pair, said, id=f"{pair.id}: {said['title']}")
        for pair in CATALOGUE.pairs.values()
        for said in told(pair)
    ]


def told(pair: Pair) -> list[dict[str, Any]]:
    """The examples of a pair, as they stand."""
    return list(tomllib.loads((pair.folder / "examples.toml").read_text("utf-8"))["example"])


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    made = connect(None, SQL)
    made.execute("set threads = 1")
    made.execute(FACTS)
    for schema in ("conformed", "identity", "typed"):
        made.execute(f"create schema {schema}")
    made.execute("create table typed.extracts (authority varchar, contract varchar, extracted_on date)")
    made.execute("create table identity.ids (authority varchar, person_id varchar, root varchar)")
    for name in {*READ, "person"}:
        made.execute(table(name).ddl("conformed"))
    ready(made, CATALOGUE)
    return made


def feeds(side: Side, name: str) -> str:
    """The list of a side from which a table's rows come where an example does not say."""
    return next(one for one in (*side.contracts, *side.also) if name in CATALOGUE.contracts[one].feeds)


def give(con: duckdb.DuckDBPyConnection, pair: Pair, said: dict[str, Any]) -> date:
    """Make the world of an example: its rows, the extracts that they come from, and which ids are one child's."""
    for name in ("facts.basis", "typed.extracts", "identity.ids", *(f"conformed.{one}" for one in (*READ, "person"))):
        con.execute(f"delete from {name}")
    as_at: date = said["as_at"]
    taken = {one: as_at for side in (pair.left, pair.right) for one in side.contracts} | said.get("extracts", {})
    for contract, on in taken.items():
        con.execute("insert into facts.basis values (?, ?, 'now', ?, ?)", [PLACE, as_at, contract, on])
        con.execute("insert into typed.extracts values (?, ?, ?)", [PLACE, contract, on])
    for old, new in said.get("links", {}).items():
        con.execute("insert into identity.ids values (?, ?, ?)", [PLACE, old, new])
    for place, side in (("left", pair.left), ("right", pair.right)):
        for name, text in said["given"].get(place, {}).items():
            for number, row in enumerate(parse(text), 1):
                contract = row.get("contract") or feeds(side, name)
                full = World._defaults(name, number, taken[contract]) | {"contract": contract, "authority": PLACE} | row
                filled = {key: value for key, value in full.items() if value is not None}
                assert filled.keys() <= {*table(name).columns, *full}, name
                marks = ", ".join("?" * len(filled))
                con.execute(
                    f"insert into conformed.{name} ({', '.join(filled)}) values ({marks})", list(filled.values())
                )
    return as_at


def found(con: duckdb.DuckDBPyConnection, pair: Pair, said: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """The pair's row and its items, as text."""
    as_at = give(con, pair, said)
    reconcile_pairs(con, replace(CATALOGUE, pairs={pair.id: pair}), Position(PLACE, as_at))
    asked = []
    for query in ("select *, left_cases as left, right_cases as right from facts.pairs", "from facts.pair_items"):
        cursor = con.execute(f"{query} where authority = ? order by all", [PLACE])
        names = [column[0] for column in cursor.description]
        asked.append([dict(zip(names, map(as_text, row), strict=True)) for row in cursor.fetchall()])
    con.execute("delete from facts.pairs; delete from facts.pair_items")
    return asked[0], asked[1]


@pytest.mark.parametrize(("pair", "said"), _examples())
def test_example(con: duckdb.DuckDBPyConnection, pair: Pair, said: dict[str, Any]) -> None:
    rows, items = found(con, pair, said)
    assert rows[0]["not_made"] is None
    assert int(rows[0]["left"]) + sum(int(item["effect"]) for item in items) == int(rows[0]["right"])
    for part, got in (("counts", rows), ("items", items)):
        if part in said["then"]:
            columns = header(said["then"][part])
            expected, cut = only(parse(said["then"][part]), columns), only(got, columns)
            assert cut == expected, f"\nexpected\n{show(columns, expected)}\n\nfound\n{show(columns, cut)}"


@pytest.mark.parametrize("pair", CATALOGUE.pairs.values(), ids=lambda pair: pair.id)
def test_every_rule_that_leaves_a_case_out_is_shown_where_the_other_side_counts_it(pair: Pair) -> None:
    words = " ".join(said["then"]["items"] for said in told(pair))
    for side in (pair.left, pair.right):
        for rule in side.outside.values():
            assert f"{side.name}: {rule.says}." in words


def test_a_pair_without_one_of_its_lists_is_not_made_and_says_so(con: duckdb.DuckDBPyConnection) -> None:
    pair = CATALOGUE.pairs["X02"]
    give(con, pair, told(pair)[0])
    con.execute("delete from facts.basis where contract = 'annex_a.list_08'")
    assert reconcile_pairs(con, replace(CATALOGUE, pairs={pair.id: pair}), Position(PLACE, date(2022, 10, 31))) == 0
    query = "select left_cases, right_cases, not_made from facts.pairs"
    assert con.execute(query).fetchall() == [(None, None, "Not delivered: Annex A List 8: Children looked after.")]


def test_beside_a_code_stands_what_its_cell_says_and_no_sentence_does(con: duckdb.DuckDBPyConnection) -> None:
    pair = CATALOGUE.pairs["X03"]
    said = next(one for one in told(pair) if "coded differently" in one["title"])
    con.execute(
        "create schema raw; create table raw.cin_protection_plans as select 'D1' as delivery_id, '1' as source_row, 'EMO' as initialcategoryofabuse"
    )
    con.execute(
        "create table raw.annex_a_list_07 as select 'D1' as delivery_id, '1' as source_row, 'a) Neglect' as initial_category_of_abuse"
    )
    try:
        [item] = found(con, pair, said)[1]
    finally:
        con.execute("drop schema raw cascade")
    assert (item["left_says"], item["right_says"]) == ("emotional, written “EMO”", "neglect, written “a) Neglect”")
    assert "EMO" not in item["why"] and "eglect" not in item["why"]


@pytest.mark.parametrize(("was", "becomes", "says"), [
    ('coded = "legal status"', 'coded = ""', "does not say which code"),
    ('"ssda903.episodes" = "ls"', '"ssda903.episodes" = "sl"', "no such column"),
    ('"ssda903.episodes" = "ls"', '"ssda903.header" = "sex"', "no such column"),
])  # fmt: skip
def test_a_definition_that_names_no_code_or_no_column_is_refused(
    tmp_path: Path, was: str, becomes: str, says: str
) -> None:
    shutil.copytree(SQL, tmp_path / "sql")
    path = tmp_path / "sql" / "pairs" / "X04_return_and_care" / "pair.toml"
    text = path.read_text("utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes), "utf-8")
    with pytest.raises(CatalogueError, match=says):
        load([tmp_path])
