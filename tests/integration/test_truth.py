"""Holds the whole product to the invented authority's truth: every figure equal, every planted difference found with its reason,
none invented, every row accounted for. The run is the real one, through the orchestrator; truth is the generator's own arithmetic.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb
import pytest

from countermark.certify.snapshot import find
from countermark.home import Home
from countermark.sample.sample import write_sample
from pipelines.running import run

AS_AT = date(2022, 10, 31)
HEADCOUNTS = {"PP0", "LA0", "CN0"}


@dataclass
class Made:
    """A published sample and what is true of it."""

    truth: dict[str, list[dict[str, object]]]
    con: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module", params=[(1, 0.25), (5, 0.1)], ids=["seed 1", "seed 5"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    seed, scale = request.param
    folder = tmp_path_factory.mktemp("truth")
    written = write_sample(folder, seed=seed, scale=scale, as_at=AS_AT, sources="annex_a")
    truth = json.loads(written.read_text(encoding="utf-8"))
    home = Home.open(folder / "home")
    result = run(home, folder / "inbox", AS_AT, None)
    assert result.ok, result.reasons
    con = duckdb.connect(str(find(home)), read_only=True)
    yield Made(truth, con)
    con.close()


def test_every_figure_is_the_truths(made: Made) -> None:
    told = {figure["indicator_id"] for figure in made.truth["figures"]}
    found = {
        (row[0], row[1]): row[2:]
        for row in made.con.execute(
            "select indicator_id, team, system_numerator, system_denominator, not_countable, overtaken from main.metrics"
        ).fetchall()
        if row[0] in told
    }
    wanted = {
        (f["indicator_id"], f["team"]): (
            f["numerator"], None if f["indicator_id"] in HEADCOUNTS else f["denominator"], f["not_countable"], f["overtaken"],
        )
        for f in made.truth["figures"]
        if f["team"] == "ALL" or f["denominator"] or f["indicator_id"] in HEADCOUNTS
    }  # fmt: skip
    assert len(found) > 40 and len(told) == 15
    assert found == wanted


def test_every_planted_difference_is_found_with_its_reason_and_none_invented(made: Made) -> None:
    found = Counter(
        made.con.execute(
            "select indicator_id, team, case_id, measure, effect, reason from main.breaks where team <> 'ALL'"
        ).fetchall()
    )
    wanted = Counter(
        (d["indicator_id"], d["team"], d["case_id"], d["measure"], d["effect"], d["reason"])
        for d in made.truth["differences"]
    )
    assert sum(wanted.values()) > 50
    assert found == wanted


def test_every_reason_but_those_of_a_change_of_system_and_the_control_is_planted(made: Made) -> None:
    reasons = {row[0] for row in made.con.execute("select distinct reason from main.breaks").fetchall()}
    assert reasons - {"CP_AND_CLA"} == {  # a child left out of one list can by chance be in another team's other list
        "SCOPE", "AS_AT", "INVALID", "LATE_RECORDED", "IDENTITY", "DUPLICATE_MANUAL", "DUPLICATE_SYSTEM", "TEAM", "VALUE", "MANUAL_ONLY",
        "SYSTEM_ONLY", "MANUAL_NOT_LISTED",
    }  # fmt: skip


def test_every_row_is_accounted_for(made: Made) -> None:
    short = made.con.execute(
        "select file from main.deliveries where rows_in <> rows_loaded + rows_rejected + rows_ignored"
    ).fetchall()
    assert not short
    rows = made.con.execute(
        "select sum(rows_in), sum(rows_rejected), sum(rows_ignored) from main.deliveries"
    ).fetchone()
    assert rows == tuple(sum(row[key] for row in made.truth["rows"]) for key in ("rows_in", "rejected", "ignored"))  # type: ignore[misc]


def test_bridges_add_exactly(made: Made) -> None:
    wrong = made.con.execute(
        "select indicator_id, team, measure from main.bridge_lines group by indicator_id, team, measure "
        "having any_value(manual) + sum(effect) <> any_value(system)"
    ).fetchall()
    assert not wrong
    assert made.con.execute("select count(*) from main.bridge_lines where effect <> 0").fetchone() > (20,)
