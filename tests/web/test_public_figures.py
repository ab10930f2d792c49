"""What the public is told of the invented authority, month after month, attacked as a reader with a calculator would."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.certify.snapshot import find
from countermark.exports import suppression
from countermark.exports.audience import given_to, rows_query
from countermark.exports.profile import profile
from countermark.home import Home
from tests.attack import exposed, key_of, read, targets
from tests.chain import run_chain

Rows = list[dict[str, Any]]
EARLIER = (date(2022, 8, 31), date(2022, 9, 30))


def rows_of(con: duckdb.DuckDBPyConnection, query: str) -> Rows:
    found = con.execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def figures(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows]:
    """The true figures of three months, and what the public is given of them."""
    home = tmp_path_factory.mktemp("public") / "home"
    shutil.copytree(built_home, home)
    for as_at in EARLIER:
        run_chain(built_home.parent / "sample" / "inbox", home, as_at)
    with duckdb.connect() as con:
        con.execute(f"attach '{find(Home.open(home))}' as published (read_only)")
        con.execute("create table metrics as from published.metrics")
        suppression.prepare(con, profile())
        told = rows_of(con, rows_query(given_to("public")[0], "public"))
        return rows_of(con, "select * from metrics"), told


def test_no_small_count_can_be_worked_out_of_the_months(figures: tuple[Rows, Rows]) -> None:
    true, told = figures
    assert len({row["as_at"] for row in told}) == 3 and len({row["team"] for row in told}) > 5
    reader = read(true, told)
    assert len(targets(true, told, reader, 1, 5)) > 100, "nothing is hidden, so this shows nothing"
    assert not exposed(true, told)


def test_the_same_figures_with_one_cell_told_are_found_out(figures: tuple[Rows, Rows]) -> None:
    """The control: what was emptied for another's sake is put back, and the attack finds that other."""
    true, told = figures
    counts = {key_of(row): row for row in true}
    helpers = [
        k for k, row in enumerate(told)
        if row["suppressed"] and row["status"] != "withheld" and row["team"] != "ALL" and counts[key_of(row)]["system_numerator"] > 5
    ]  # fmt: skip
    names = [f"{side}_{part}" for side in ("system", "manual", "reconciled") for part in ("numerator", "denominator")]
    again = [row | {n: counts[key_of(row)][n] for n in names} if k in helpers else row for k, row in enumerate(told)]
    assert exposed(true, again)


def test_suppression_is_no_blank_sheet(figures: tuple[Rows, Rows]) -> None:
    """To empty everything would be safe too. The authority is tiny, and still more than a third of its own large figures stay."""
    true, told = figures
    counts = {key_of(row): row for row in true}
    large = []
    for row in [row for row in told if row["team"] == "ALL" and row["status"] != "withheld"]:
        n, d = counts[key_of(row)]["system_numerator"], counts[key_of(row)]["system_denominator"]
        large += [row] if n > 5 and (d is None or d - n > 5) else []
    kept = [row for row in large if row["system_numerator"] is not None]
    assert len(large) >= 8 and 3 * len(kept) > len(large), (len(kept), len(large))
