"""Holds limits and signals to XmR charts that others have worked out and published. Each example names its source; the numbers are theirs.

Two things differ and are said where they do: Making Data Count leaves large moving ranges out and the others do not (`screen` is then
out of reach), and some examples are shorter than the thirteen points that we ask for (`least_points`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb
import pytest

from countermark.signals import read
from countermark.signals.series import Point
from tests.signal_kit import figures, month_end

ALL_RANGES = 1e12  # no moving range is so many times the mean


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def judged(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, values: Sequence[float], **constants: float
) -> tuple[Point, ...]:
    """The points of a series of any numbers, month after month."""
    monkeypatch.setattr(read, "CONSTANTS", {**read.CONSTANTS, **constants})
    figures(con, [0] * len(values))
    con.executemany(
        "update main.metrics set system_value = ?, unit = 'days' where as_at = ?",
        [(value, month_end(place)) for place, value in enumerate(values)],
    )
    return read.every_series(con)["E1", "PP1", "ALL"].points


def signals(points: Sequence[Point]) -> list[str | None]:
    return [point.signal for point in points]


def test_nhs_england_statistical_process_control_tool(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NHS England, Making Data Count, statistical process control tool (england.nhs.uk/statistical-process-control-tool): the worked chart of
    its demonstration, as nhspy-plotthedots 0.0.1 has it (tests/unittests/test_pandas_spc_x_calc.py): mean 76.67, limits 57 and 96 to the
    whole number, the twelfth point outside and no other special cause."""
    points = judged(con, monkeypatch, [89, 86, 75, 77, 81, 74, 72, 78, 76, 82, 77, 54, 66, 77, 86])
    first = points[0]
    assert first.centre == pytest.approx(76.67, abs=0.005)
    assert (round(first.lower or 0), round(first.upper or 0)) == (57, 96)
    assert signals(points) == [None] * 11 + ["outside"] + [None] * 3


def test_nhsr_community_plot_the_dots(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """NHS-R community, NHSRplotthedots (tests/testthat/_snaps/ptd_spc_standard.md and ptd_spc.md): twenty numbers drawn with R's seed 123, as
    printed there. Mean 0.142, limits -3.01 and 3.29, twenty points of common cause."""
    points = judged(
        con, monkeypatch,
        [-0.560, -0.230, 1.56, 0.0705, 0.129, 1.72, 0.461, -1.27, -0.687, -0.446, 1.22, 0.360, 0.401, 0.111, -0.556, 1.79, 0.498,
         -1.97, 0.701, -0.473],
    )  # fmt: skip
    first = points[0]
    assert first.centre == pytest.approx(0.142, abs=0.001)
    assert (first.lower, first.upper) == (pytest.approx(-3.01, abs=0.01), pytest.approx(3.29, abs=0.01))
    assert signals(points) == [None] * 20


def test_nhsr_community_close_to_limits_on_opposite_sides(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NHSRplotthedots (tests/testthat/test-ptd_spc_standard.R): two successive points close to the limits, one above and one below, are common
    cause. The positive control: both above is two of three."""
    steady = [1, -1] * 7
    assert signals(judged(con, monkeypatch, [*steady, 5.5, -5.5]))[-2:] == [None, None]
    assert "two_of_three" in signals(judged(con, monkeypatch, [*steady, 4.5, 4.5]))[-2:]


def test_wheeler_data_set_for_verifying_software(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Donald J. Wheeler, Making Sense of Data (SPC Press 2003), page 382, "Data Set to Use When Verifying Software", as statprocon's tests have
    it: average 4135.50, average moving range 355.93, natural process limits 3188.72 and 5082.28. His limits use every range."""
    values = [5045, 4350, 4350, 3975, 4290, 4430, 4485, 4285, 3980, 3925, 3645, 3760, 3300, 3685, 3463, 5200]
    points = judged(con, monkeypatch, values, screen=ALL_RANGES)
    first = points[0]
    assert first.centre == pytest.approx(4135.50, abs=0.005)
    assert ((first.upper or 0) - 4135.50) / 2.66 == pytest.approx(355.93, abs=0.005)
    assert (first.lower, first.upper) == (pytest.approx(3188.72, abs=0.005), pytest.approx(5082.28, abs=0.005))
    assert signals(points)[-1] == "outside"
    screened = judged(con, monkeypatch, values, screen=3.267)
    assert (screened[0].upper or 0) < (first.upper or 0), (
        "the last range, 1737, is above his limit for ranges of 1163.19"
    )


def test_wheeler_peak_flow_rates(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wheeler, Making Sense of Data, page 130, figure 9.9, eighteen mornings of peak flow rates: average 183.1, limits 43.7 and 322.5. He rounds
    the mean range to 52.4 and beyond before he multiplies, hence the tolerance of 0.3."""
    values = [120, 140, 100, 150, 260, 150, 100, 120, 300, 300, 275, 300, 140, 170, 150, 150, 190, 180]
    first = judged(con, monkeypatch, values, screen=ALL_RANGES)[0]
    assert first.centre == pytest.approx(183.1, abs=0.05)
    assert (first.lower, first.upper) == (pytest.approx(43.7, abs=0.3), pytest.approx(322.5, abs=0.3))


def test_wheeler_run_on_one_side(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wheeler, Making Sense of Data, table 8.1, seniors who smoke daily: the last eight years are his run about the central line. Seven in a row
    are ours, so the same eight."""
    values = [21.3, 20.2, 20.9, 21.0, 18.8, 19.6, 18.7, 18.6, 18.1, 18.9, 19.2, 18.2, 17.3, 19.0]
    points = judged(con, monkeypatch, values, screen=ALL_RANGES)
    runs = [
        all((p.value or 0) < (p.centre or 0) for p in points[max(0, i - 6) : i + 1]) and i >= 6
        for i in range(len(points))
    ]
    assert [i for i, ends in enumerate(runs) if ends] == [12, 13]
    assert {point.signal for point in points[6:]} <= {"one_side", "outside", "two_of_three"}
    assert {point.whither for point in points[6:]} == {-1}


def test_nist_engineering_statistics_handbook(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, individuals control charts: ten flow rates; average 50.81, limits 45.8159 and
    55.8041, nothing out of control. They divide 3 by 1.128 where we multiply by 2.66: 0.001 apart."""
    values = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    points = judged(con, monkeypatch, values, screen=ALL_RANGES, least_points=10)
    first = points[0]
    assert first.centre == pytest.approx(50.81, abs=0.0001)
    assert (first.lower, first.upper) == (pytest.approx(45.8159, abs=0.001), pytest.approx(55.8041, abs=0.001))
    assert signals(points) == [None] * 10
    assert points[0].as_at == date(2021, 1, 31)
