"""Rates per 10,000 beside counts: which population, how rounded, and of which figures none is made or told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pytest

from countermark.certify.beside import publish_rates
from countermark.certify.facts import definition_hash
from countermark.contracts.authority import DirectionError, parse_authority
from countermark.contracts.catalogue import load
from countermark.contracts.indicator import Indicator
from countermark.contracts.parameters import fault
from countermark.exports import suppression
from countermark.exports.audience import given_to, rows_query
from countermark.exports.profile import profile
from countermark.exports.published import ENGINE_TYPES, tables
from countermark.ledger.store import Ledger
from tests.snapshots import ddl, insert, metric

KNOWN = load()
HEAD = 'authority = "X1"\n'


def people(year: int, number: int = 20_000, of: str = "children_0_to_17") -> str:
    """A population as authority.toml writes it."""
    return f'[[populations]]\nof = "{of}"\nyear = {year}\nnumber = {number}\nsource = "Invented"\n'


def count(number: int, indicator: str = "PP0", **more: Any) -> dict[str, Any]:
    """A count's row of the figures."""
    return metric(number, None, indicator_id=indicator, authority="X1", **more)


@dataclass
class Rated:
    """Figures, and what authority.toml says."""

    con: duckdb.DuckDBPyConnection
    ledger: Ledger

    def made(self, text: str, *rows: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Indicator, rate and the population's year, of these figures."""
        self.con.execute("delete from metrics")
        insert(self.con, "metrics", list(rows))
        self.ledger.store_authority("X1", HEAD + text)
        publish_rates(self.con, KNOWN, self.ledger)
        return self.con.execute("select indicator_id, rate, population_year from main.rates order by all").fetchall()


@pytest.fixture
def at() -> Iterator[Rated]:
    with duckdb.connect() as con, Ledger.open("sqlite://") as ledger:
        con.execute(ddl("metrics"))
        yield Rated(con, ledger)


@pytest.mark.parametrize(
    ("number", "of", "rate"),
    [(93, 20_000, 46.5), (0, 20_000, 0.0), (1, 80_000, 0.1), (1, 200_001, 0.0), (7, 30_000, 2.3)],
)
def test_a_rate_is_ten_thousand_times_the_count_by_the_population_to_one_decimal(
    at: Rated, number: int, of: int, rate: float
) -> None:
    assert at.made(people(2022, of), count(number)) == [("PP0", rate, 2022)]
    assert [(row[0], row[1]) for row in at.con.execute("describe main.rates").fetchall()] == [
        (column.name, ENGINE_TYPES[column.type]) for column in tables()["rates"].columns
    ]


def test_the_newest_population_whose_mid_year_has_come_counts(at: Rated) -> None:
    text = people(2021, 10_000) + people(2023, 40_000) + people(2022)
    assert at.made(text, count(20, as_at=date(2022, 6, 30))) == [("PP0", 10.0, 2022)]
    assert at.made(text, count(20, as_at=date(2022, 6, 29))) == [("PP0", 20.0, 2021)]
    assert at.made(text, count(20, as_at=date(2021, 6, 29))) == [], "no population had come by then"


def test_nothing_is_made_without_a_population_of_a_team_or_of_what_has_no_rate(at: Rated) -> None:
    assert at.made("", count(20)) == []
    rows = [
        count(20, team="North"),
        count(20, "PL1"),
        metric(5, 10, indicator_id="PP1", authority="X1"),
        count(20, "LA0"),
    ]
    assert at.made(people(2022), *rows) == [("LA0", 10.0, 2022)]


def test_a_withheld_count_has_no_rate_and_a_doubtful_one_has_a_range(at: Rated) -> None:
    withheld = count(20, status="withheld", range_low=19, range_high=24)
    assert at.made(people(2022), withheld, count(30, "LA0", range_low=28.0, range_high=32.0)) == [
        ("LA0", 15.0, 2022),
        ("PP0", None, 2022),
    ]
    low = at.con.execute("select rate_low, rate_high from main.rates order by indicator_id").fetchall()
    assert low == [(14.0, 16.0), (None, None)]


def test_the_public_is_told_no_rate_of_a_count_that_it_is_not_told(at: Rated) -> None:
    at.made(people(2022), count(4), count(40, "LA0"), count(50, "CN0", status="withheld"))
    suppression.prepare(at.con, profile())
    (table,) = (one for one in given_to("public") if one.name == "rates")
    told = at.con.execute(f"select indicator_id, rate from ({rows_query(table, 'public')})").fetchall()
    assert told == [("LA0", 20.0)]
    assert not {"rate_low", "rate_high"} & {column.name for column in table.columns}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (people(2022, of="children_0_to_16"), "perhaps children_0_to_17"),
        (people(2022) + people(2022, 1), "twice for 2022"),
    ],
)
def test_a_population_that_nobody_asks_for_or_twice_is_refused_in_a_sentence(text: str, says: str) -> None:
    assert says in fault(parse_authority(HEAD + text), KNOWN)
    assert not fault(parse_authority(HEAD + people(2022) + people(2021)), KNOWN)


@pytest.mark.parametrize("text", [people(2022, 0), people(22), people(2022).replace('source = "Invented"\n', "")])
def test_a_population_needs_a_number_a_year_and_a_source(text: str) -> None:
    with pytest.raises(DirectionError, match="populations"):
        parse_authority(HEAD + text)


def test_only_counts_have_rates_and_a_rate_makes_no_other_definition() -> None:
    rated = {one.window_of or one.id for one in KNOWN.indicators.values() if one.rate_of}
    assert rated == {"FD3", "CP0", "CN0", "PP0", "LA0"}
    one = KNOWN.indicators["PP0"]
    assert definition_hash(one) == definition_hash(one.model_copy(update={"rate_of": ""}))
    said = KNOWN.indicators["PP1"].model_dump() | {"rate_of": "children_0_to_17"}
    with pytest.raises(ValueError, match="only a count has a rate"):
        Indicator.model_validate(said)
