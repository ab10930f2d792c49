"""What the public is told of the invented authority, month after month, attacked as a reader with a calculator would."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countermark.certify.snapshot import find
from countermark.exports import suppression
from countermark.exports.audience import given_to, rows_query
from countermark.exports.profile import Term, profile, relations
from countermark.home import Home
from tests.attack import exposed, key_of, read, targets, truth_of
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


def test_the_relations_are_true_of_real_figures(figures: tuple[Rows, Rows]) -> None:
    """One that is not would be left aside, and protect nothing. Month by month too: three months stand there."""
    true, _ = figures
    rows, broken, held = {key_of(row): row for row in true}, [], set()
    for relation in relations():
        for key in [
            key for key in rows if key[1] == relation.left[0].indicator and (relation.within_teams or key[3] == "ALL")
        ]:
            sides = [[_count(rows, key, term) for term in side] for side in (relation.left, relation.right)]
            if any(count is None for side in sides for count in side):
                continue
            left, right = (sum(count or 0 for count in side) for side in sides)
            held.add(relation.says)
            if left > right or (relation.kind == "equal" and left != right):
                broken.append((relation.says, key[1:], left, right))
    assert not broken
    assert held == {relation.says for relation in relations()}


def _count(rows: dict[Any, dict[str, Any]], key: Any, term: Term) -> int | None:
    """The count that a term means beside a figure; None where there is no row. (A team of whose cases all are overtaken has none.)"""
    day = key[2].replace(day=1) - timedelta(days=1) if term.month_before else key[2]
    row = rows.get((key[0], term.indicator, day, key[3]))
    counts = truth_of(row) if row else {}
    return counts.get(term.part, counts.get(f"system_{term.part}"))


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
