"""Years of a return, end to end on an invented layout: entries, columns and a list that a year did not take are found, each by its rule."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from countermark.contracts.catalogue import SHIPPED, Catalogue, load
from expectations.violations import evaluate
from tests.intake_kit import Desk, csv_file, desk

FAMILY = 'title = "An invented return"\norder = 9\n'
CONTRACT = """
id = "made.visits"
title = "Visits of an invented return"
source = "L: invented for a test"
family = "made"
key = ["child"]
child = "child"

[[years]]
until = 9999
codes.seen = ["Y", "N"]

[[years]]
until = 2023
codes.seen = ["1", "0"]
without = ["place"]

[[years]]
until = 2021
absent = true

[columns.child]
header = "Child"
type = "id"
required = true
must_have = true
meaning = "The child."

[columns.return_year]
header = "Return Year"
type = "integer"
must_have = true
meaning = "The year of the return."

[columns.seen]
header = "Seen"
type = "code"
code_set = "yes_no"
meaning = "Whether the child was seen."

[columns.place]
header = "Place"
type = "text"
meaning = "Where."
"""
EXAMPLES = '[[example]]\ntitle = "none"\ngiven.rows = "child"\nthen.loaded = "child"\n'
HEADINGS = ["Child", "Return Year", "Seen", "Place"]


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    root = tmp_path_factory.mktemp("root")
    folder = root / "sql" / "sources" / "made_visits"
    folder.mkdir(parents=True)
    (folder / "contract.toml").write_text(CONTRACT, encoding="utf-8")
    (folder / "examples.toml").write_text(EXAMPLES, encoding="utf-8")
    (root / "sql" / "sources" / "families").mkdir()
    (root / "sql" / "sources" / "families" / "made.toml").write_text(FAMILY, encoding="utf-8")
    return load([SHIPPED, root])


@pytest.fixture(scope="module")
def delivered(definitions: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A return of each of four years, of an authority each."""
    with desk(tmp_path_factory.mktemp("years")) as made:
        made.definitions = definitions
        for year in (2021, 2023, 2024, 2030):
            said: list[tuple[object, ...]] = [("1", "home"), ("Y", None), ("No", None), (None, None)]
            rows = [[f"C{number}", year, *cells] for number, cells in enumerate(said, start=1)]
            csv_file(made.inbox / str(year) / "visits.csv", [HEADINGS, *rows])
            (made.inbox / str(year) / "delivery.toml").write_text(f'authority = "Y{year}"\n', encoding="utf-8")
        made.run()
        yield made


FOUND = {
    2021: {("Y01", "C2"), ("Y01", "C3"), ("Y02", "C1"), ("Y03", "C1"), ("Y03", "C2"), ("Y03", "C3"), ("Y03", "C4")},
    2023: {("Y01", "C2"), ("Y01", "C3"), ("Y02", "C1")},
    2024: {("Y01", "C1"), ("Y01", "C3")},
    2030: {("Y01", "C1"), ("Y01", "C3")},
}


@pytest.mark.parametrize("year", FOUND)
def test_what_a_year_did_not_take_is_found_by_its_rule(delivered: Desk, definitions: Catalogue, year: int) -> None:
    counts = [count for count in evaluate(delivered.con, definitions, f"Y{year}") if count.contract == "made.visits"]
    assert {count.rule_code: (count.evaluated, count.hint) for count in counts} == {
        f"CM-MADEVISITS-Y0{number}": (4, "") for number in (1, 2, 3)
    }
    query = "select rule_code[-3:], child_id from facts.failures where authority = ? and contract = 'made.visits'"
    assert set(delivered.con.execute(query, [f"Y{year}"]).fetchall()) == FOUND[year]


def test_every_entry_is_read_whatever_its_year(delivered: Desk) -> None:
    query = "select distinct child, seen, seen_unusable from typed.made_visits order by child"
    assert delivered.con.execute(query).fetchall() == [
        ("C1", "yes", False), ("C2", "yes", False), ("C3", "no", False), ("C4", None, False),
    ]  # fmt: skip


def test_a_rule_about_years_names_the_heading_and_never_a_value(definitions: Catalogue) -> None:
    rules = [rule for rule in definitions.rules if rule.contract == "made.visits"]
    assert [(rule.code[-3:], rule.severity, rule.fields) for rule in rules] == [
        ("Y01", "warning", ("seen",)), ("Y02", "query", ("place",)), ("Y03", "query", ("child",)),
    ]  # fmt: skip
