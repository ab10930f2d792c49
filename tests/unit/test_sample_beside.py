"""Holds what the invented authority says of itself and of others to account: targets, children, neighbours, published tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.certify.comparators import publish_comparators
from countermark.contracts.authority import Authority, parse_authority
from countermark.contracts.catalogue import load
from countermark.contracts.parameters import fault
from countermark.ledger.store import Ledger
from countermark.sample.authority import CODE, authority_toml, beside_toml
from countermark.sample.published import COUNTRY, write_published

AS_AT, KNOWN = date(2022, 10, 31), load()


def said(as_at: date = AS_AT, scale: float = 1.0) -> Authority:
    return parse_authority(authority_toml(True) + beside_toml(as_at, scale))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    """The published table of comparators that the invented tables make."""
    folder = tmp_path_factory.mktemp("published")
    write_published(folder, AS_AT, 1.0, 1)
    with Ledger.open("sqlite://") as ledger, duckdb.connect() as con:
        ledger.store_authority(CODE, authority_toml(True))
        publish_comparators(con, KNOWN, ledger, folder / "comparators")
        found = con.execute("select * from main.comparators")
        names = [column[0] for column in found.description or ()]
        yield [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize(("as_at", "scale"), [(AS_AT, 1.0), (date(2024, 2, 29), 0.0001), (date(2023, 3, 31), 50.0)])
def test_what_it_says_of_itself_can_be_taken_at_any_date_and_size(as_at: date, scale: float) -> None:
    one = said(as_at, scale)
    assert fault(one, KNOWN) == ""
    assert len(one.targets) > 5 and any(target.trajectory for target in one.targets)
    assert {population.year for population in one.populations} >= {as_at.year - 1, as_at.year}


def test_every_figure_whose_table_is_written_has_all_it_could_have_beside_it(rows: list[dict[str, Any]]) -> None:
    newest = {row["indicator_id"]: row["ends_on"] for row in sorted(rows, key=lambda row: row["ends_on"])}
    of = {
        name: {r["whose"] for r in rows if (r["indicator_id"], r["ends_on"]) == (name, day)}
        for name, day in newest.items()
    }
    assert set(of) >= {
        "FD3",
        "FD4",
        "AS1",
        "CP0",
        "CP2",
        "CP3",
        "CN0",
        "PP0",
        "PP5",
        "PP6",
        "PP7",
        "LA0",
        "LA4",
        "LA5",
        "CL2",
        "CL3",
        "WF1",
        "WF4",
    }
    assert all(whose >= {"own", "region", "england"} for whose in of.values())
    assert sum("neighbours" in whose for whose in of.values()) > len(of) / 2
    assert {row["place"] for row in rows if row["whose"] == "england"} == {COUNTRY}
    assert any(row["code"] == "c" and row["value"] is None for row in rows if row["whose"] == "own"), (
        "nothing is suppressed"
    )
    assert max(newest.values()) <= AS_AT


def test_shares_are_shares_and_parts_no_more_than_their_whole(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if KNOWN.indicators[row["indicator_id"]].measures == "share" and row["value"] is not None:
            assert 0 <= row["value"] <= 1, row["indicator_id"]


def test_every_place_is_named_as_invented_and_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_published(tmp_path / name, AS_AT, 0.1, 7)
    write_published(tmp_path / "other", AS_AT, 0.1, 8)
    folders = [sorted((tmp_path / name / "comparators").iterdir()) for name in ("one", "two", "other")]
    assert (
        [p.read_bytes() for p in folders[0]]
        == [p.read_bytes() for p in folders[1]]
        != [p.read_bytes() for p in folders[2]]
    )
    for path in folders[0]:
        assert path.name.startswith("invented_")
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                assert "Invented" in row["country_name"]
                assert not row["new_la_code"] or row["new_la_code"].startswith("X99")
