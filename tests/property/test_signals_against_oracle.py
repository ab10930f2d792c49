"""Holds the signals' SQL to a plain Python one over generated series, several at once, with rebases and small denominators."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermark.signals.read import every_series
from countermark.signals.series import Cut
from tests.oracle import signals as oracle
from tests.signal_kit import KEY, figures, month_end

DENOMINATOR = 40
LEVELS = st.integers(0, DENOMINATOR)
STEADY = st.lists(st.integers(18, 22), min_size=0, max_size=40)
SPIKY = st.lists(st.sampled_from([18, 19, 20, 21, 22, 20, 20, 27, 13]), min_size=13, max_size=40)
DRIFT = st.tuples(st.integers(0, 10), st.lists(st.sampled_from([0, 1, 1, 1, 2]), min_size=12, max_size=14)).map(
    lambda start: [start[0] + sum(start[1][:i]) for i in range(len(start[1]) + 1)]
)
SERIES = st.one_of(
    st.lists(LEVELS, max_size=40),
    SPIKY,
    STEADY,
    DRIFT,
    st.tuples(STEADY, DRIFT, STEADY).map(lambda p: [*p[0], *p[1], *p[2]]),
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numerators=SERIES, cut=st.one_of(st.none(), st.integers(0, 40)))
def test_every_point_agrees(con: duckdb.DuckDBPyConnection, numerators: list[int], cut: int | None) -> None:
    figures(con, numerators, denominator=DENOMINATOR)
    cuts = [] if cut is None else [Cut(*KEY, month_end(cut), "a reason in words")]
    found = every_series(con, cuts)
    points = found[KEY].points if numerators else ()
    values = [Fraction(n, DENOMINATOR) for n in numerators]
    split = len(values) if cut is None else min(cut, len(values))
    expected = [one for part in (values[:split], values[split:]) for one in oracle.judge(part) or [None] * len(part)]
    assert len(points) == len(expected)
    for point, judged in zip(points, expected, strict=True):
        if judged is None:
            assert (point.centre, point.signal, point.judged) == (None, None, "none")
            continue
        assert point.centre == pytest.approx(float(judged.centre))
        assert point.upper == pytest.approx(float(judged.centre + oracle.REACH * judged.mean_range))
        assert (point.signal or "", point.whither) == (judged.signal, judged.whither), (numerators, point)
