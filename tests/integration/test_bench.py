"""Holds the benchmark to its structure on a small sample: every layer is measured, a wrong figure is noticed, the page says what it
has to. How long anything takes is never asked here: a slow day is no fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.child import CONTROL_SECONDS, LAYERS
from bench.measuring import Mark, Measured, MeasurementError, measure, python
from bench.report import write
from bench.rounds import Rounds, control, control_holds, missing, of_scale


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    return of_scale(0.05, 1, tmp_path_factory.mktemp("bench"), lambda text: None)


def test_every_layer_of_both_runs_is_measured(rounds: Rounds) -> None:
    assert missing(rounds) == []
    for kind in ("cold", "warm"):
        layers = [rounds.layer(f"{kind} {layer}") for layer in [*LAYERS, "whole"]]
        assert all(seconds > 0 and size > 0 for seconds, size in layers)
        assert sum(seconds for seconds, _ in layers) == pytest.approx(rounds.whole(kind), rel=0.01)
    assert rounds.floor("reading") > 0 and rounds.floor("members") > 0
    assert rounds.rows > 1000 and rounds.ratio() > rounds.ratio(("whole",)) > 0


def test_the_page_says_what_was_measured_on_what(rounds: Rounds) -> None:
    page = write([rounds], (0.5, 200.0), (0.1, 0.2))
    for words in (
        *LAYERS,
        "Scale 0.05",
        "countermark run",
        "second run by floor",
        "duckdb 1.",
        "truth.json",
        "load average 0.1",
    ):
        assert words in page
    assert "None" not in page and "{" not in page


def test_a_step_of_known_cost_is_measured_as_such(tmp_path: Path) -> None:
    seconds, size = control(tmp_path)
    assert seconds >= 0.98 * CONTROL_SECONDS
    assert size == pytest.approx(200, abs=60)
    assert (
        control_holds(0.51, 203)
        and not control_holds(0.4, 200)
        and not control_holds(0.5, 90)
        and not control_holds(1.2, 200)
    )


def test_a_process_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="no folder"):
        measure(
            python("pipelines.command_line", "run", "--inbox", str(tmp_path / "none"), "--as-at", "2022-10-31"),
            tmp_path,
        )


def test_time_inside_another_layer_is_counted_once() -> None:
    found = Measured(
        marks=[Mark("intake", 0.0, 5.0, inner=2.0), Mark("typed", 1.0, 3.0)], samples=[(1.5, 7 << 20), (4.0, 9 << 20)]
    )
    assert found.layer("intake") == (3.0, 9.0) and found.layer("typed") == (2.0, 7.0) and found.span("intake") == 5.0
