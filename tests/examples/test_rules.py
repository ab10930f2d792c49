"""Holds every rule file to its own worked examples, one that fails and one that passes at least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from countermark.contracts.catalogue import SHIPPED, Catalogue, load
from countermark.contracts.rules import Example, RuleFile, load_rules
from expectations.counts import RAN
from expectations.rules import view_name
from expectations.violations import evaluate
from tests.examples import pipe
from tests.examples.typed_world import AUTHORITY, fill, world

RULES = load_rules(SHIPPED / "expectations" / "suites")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load([SHIPPED])


@pytest.fixture(scope="module")
def shared_world() -> duckdb.DuckDBPyConnection:
    return world()


@pytest.fixture
def con(shared_world: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    yield shared_world
    for (name,) in shared_world.execute(
        "select table_name from duckdb_tables() where schema_name = 'typed'"
    ).fetchall():
        shared_world.execute(f"drop table typed.{name}")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_example_fails_exactly_the_rows_that_it_says(
    rule: RuleFile, catalogue: Catalogue, con: duckdb.DuckDBPyConnection
) -> None:
    for example in rule.example:
        then = example.then["failures"]
        wanted = pipe.parse(then) if then.strip() else []
        names = pipe.header(then) if then.strip() else ["source_row"]
        found = _failures(rule, example, catalogue, con)
        shown = [{name: row[name] for name in names} for row in found]
        assert sorted(shown, key=str) == sorted(wanted, key=str), (
            f"{rule.code}: {example.title}\n{pipe.show(names, shown)}"
        )
        assert all("{" not in str(row["message"]) for row in found)


def _failures(
    rule: RuleFile, example: Example, catalogue: Catalogue, con: duckdb.DuckDBPyConnection
) -> list[dict[str, str | None]]:
    by_view = {view_name(name): contract for name, contract in catalogue.contracts.items()}
    for name, text in example.given.items():
        fill(con, by_view[name], pipe.parse(text))
    (count,) = evaluate(con, replace(catalogue, rules=(rule,)), AUTHORITY)
    assert (count.hint, count.evaluated) == (RAN, count.row_count), example.title
    found = con.execute("select source_row, column_name, message from facts.failures order by all").fetchall()
    names = {column.header: name for name, column in catalogue.contracts[rule.contract].columns.items()}
    return [{"source_row": row, "column_name": names.get(column), "message": message} for row, column, message in found]


def test_every_rule_has_an_example_that_fails_and_one_that_passes() -> None:
    for rule in RULES:
        outcomes = [bool(example.then["failures"].strip()) for example in rule.example]
        assert True in outcomes and False in outcomes, rule.code


def test_every_rule_carries_the_mark_of_its_source() -> None:
    assert [rule.code for rule in RULES if rule.why[:3] not in ("F: ", "K: ", "L: ")] == []


def test_every_contract_has_rules_and_a_code_is_used_once(catalogue: Catalogue) -> None:
    assert {rule.contract for rule in RULES} == set(catalogue.contracts)
    assert len({rule.code for rule in RULES}) == len(RULES) >= 120


def test_every_list_tracker_and_return_has_a_suite(catalogue: Catalogue) -> None:
    """By family of layouts, what is asked of it: no family of what an authority delivers is left to the shape of its columns alone."""
    by_family: dict[str, int] = {}
    for rule in RULES:
        family = catalogue.contracts[rule.contract].family
        by_family[family] = by_family.get(family, 0) + 1
    assert by_family.keys() == {contract.family for contract in catalogue.contracts.values()}
    assert {family for family, many in by_family.items() if many < 9} <= {"identity", "workforce_census"}


def test_every_column_with_codes_is_covered_and_every_date_too(catalogue: Catalogue) -> None:
    asked = {contract: set[str]() for contract in catalogue.contracts}
    for rule in RULES:
        asked[rule.contract] |= {name for name in rule.fields if name in rule.query or "reject_column" in rule.query}
    for contract in catalogue.contracts.values():
        watched = {name for name, column in contract.columns.items() if column.type in ("code", "flag", "date")}
        assert watched <= asked[contract.id], contract.id
