"""Worked by hand: limits, each signal, its direction, and what takes no part. One series of shares of 100, month ends from 2021 on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger
from countermark.signals.read import every_series
from countermark.signals.rebase import lift, rebase, rebases
from countermark.signals.series import Cut, Series, says
from tests.oracle import signals as oracle
from tests.signal_kit import KEY, figures, month_end, points_of


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def series(
    con: duckdb.DuckDBPyConnection, numerators: Sequence[int | None], cuts: Sequence[Cut] = (), **more: Any
) -> Series:
    figures(con, numerators, **more)
    return every_series(con, cuts)[KEY]


STEADY = [50, 52] * 7  # mean 51, every moving range 2: limits 51 ± 5.32, near them beyond 51 ± 3.54


def test_limits_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    point = series(con, STEADY).points[0]
    assert point.centre == pytest.approx(0.51)
    assert point.upper == pytest.approx(0.51 + 2.66 * 0.02)
    assert point.lower == pytest.approx(0.51 - 2.66 * 0.02)
    assert all(p.signal is None and p.judged == "common" for p in series(con, STEADY).points)


def test_twelve_points_have_no_limits_and_thirteen_have(con: duckdb.DuckDBPyConnection) -> None:
    twelve = series(con, STEADY[:12])
    assert not twelve.has_limits
    assert says(twelve, month_end(11)) == (
        "none",
        "Too early to tell a change from chance: 12 month ends so far, 13 are needed.",
    )
    assert series(con, STEADY[:13]).has_limits


def test_a_large_moving_range_is_left_out_of_the_limits(con: duckdb.DuckDBPyConnection) -> None:
    """One leap from 52 to 90 and back: ranges 38 and 40 among eleven of 2. Their mean is 100/13 = 7.69; times 3.267 is 25.1."""
    found = series(con, [50, 52, 50, 52, 50, 52, 90, 50, 52, 50, 52, 50, 52, 50])
    assert found.points[0].upper == pytest.approx((752 / 14 + 2.66 * 2) / 100)
    leap = found.points[6]
    assert (leap.signal, leap.whither, leap.judged) == ("outside", 1, "improvement")


def test_a_series_that_stood_still_but_for_one_leap_has_limits(con: duckdb.DuckDBPyConnection) -> None:
    found = series(con, [40] * 12 + [52])
    assert [p.signal for p in found.points] == ["one_side"] * 12 + ["outside"]
    assert found.points[-1].upper == pytest.approx((40 + 12 / 13 + 2.66 * 1) / 100)


def test_a_series_that_never_moves_says_nothing(con: duckdb.DuckDBPyConnection) -> None:
    assert {p.judged for p in series(con, [30] * 14).points} == {"common"}


def test_seven_rising_points_are_a_trend_and_six_are_none(con: duckdb.DuckDBPyConnection) -> None:
    rising = [50, 56, 50, 56, 50, 56, 50, 51, 52, 53, 54, 55, 56, 50]
    found = [p.signal for p in series(con, rising).points]
    assert found == [None] * 6 + ["trend"] * 7 + [None]
    six = [50, 56, 50, 56, 50, 56, 51, 51, 52, 53, 54, 55, 56, 50]
    assert "trend" not in [p.signal for p in series(con, six).points]


def test_a_falling_trend_is_a_concern_where_high_is_better(con: duckdb.DuckDBPyConnection) -> None:
    falling = [50, 56, 50, 56, 50, 51, 56, 55, 54, 53, 52, 51, 50, 56]
    judged = [p.judged for p in series(con, falling).points]
    assert judged[6:13] == ["concern"] * 7
    assert [p.judged for p in series(con, falling, better="low").points][6:13] == ["improvement"] * 7
    assert [p.judged for p in series(con, falling, better="neither").points][6:13] == ["change"] * 7


def test_two_of_three_close_to_a_limit(con: duckdb.DuckDBPyConnection) -> None:
    """Ranges of 3 in the mean and a mean of 50.6: beyond 55.9 is close, beyond 58.6 outside."""
    numerators = [50, 47, 50, 53, 50, 47, 50, 57, 52, 57, 52, 49, 47, 50, 48]
    found = series(con, numerators)
    assert found.points[7].upper == pytest.approx(0.506 + 2.66 * 0.03571, abs=2e-3)
    assert [p.signal for p in found.points] == [None] * 7 + ["two_of_three", None, "two_of_three"] + [None] * 5


def test_close_on_both_sides_is_no_signal(con: duckdb.DuckDBPyConnection) -> None:
    numerators = [50, 47, 50, 53, 50, 47, 50, 57, 51, 44, 52, 49, 52, 50, 53]
    assert {p.signal for p in series(con, numerators).points} == {None}


def test_seven_on_one_side_of_the_mean(con: duckdb.DuckDBPyConnection) -> None:
    numerators = [49, 47, 49, 47, 49, 47, 49, 53, 51, 53, 51, 53, 51, 53]
    found = series(con, numerators)
    assert [p.signal for p in found.points] == ["one_side"] * 14
    assert [p.whither for p in found.points] == [-1] * 7 + [1] * 7


def test_outside_comes_before_the_other_signals(con: duckdb.DuckDBPyConnection) -> None:
    rising = [50, 52] * 4 + [53, 55, 57, 59, 61, 63, 65]
    found = series(con, rising)
    assert found.points[-1].signal == "outside"
    assert found.points[8].signal == "trend"


def test_a_withheld_month_takes_no_part(con: duckdb.DuckDBPyConnection) -> None:
    figures(con, [*STEADY[:6], 99, *STEADY[6:]], withheld=[6])
    found = every_series(con)[KEY]
    assert found.points[6].value is None and found.points[6].recorded == pytest.approx(0.99)
    assert found.points[0].upper == pytest.approx(0.51 + 2.66 * 0.02)
    assert says(found, month_end(6))[1].startswith("This month's figure is not reliable enough")


def test_an_empty_cohort_is_no_point(con: duckdb.DuckDBPyConnection) -> None:
    found = series(con, [*STEADY[:13], None])
    assert found.points[-1].value is None
    assert len(found.judged_points) == 13


def test_only_month_ends_are_followed(con: duckdb.DuckDBPyConnection) -> None:
    figures(con, STEADY, also=[(date(2021, 2, 14), 99)])
    found = every_series(con)[KEY]
    assert len(found.points) == 14
    assert says(found, date(2021, 2, 14)) == ("none", "Only month ends are followed, and this day is none.")


def test_a_rebase_begins_the_series_anew(con: duckdb.DuckDBPyConnection) -> None:
    """Fourteen months at 51, fourteen at 71: one stretch says outside or one side everywhere; two stretches say nothing."""
    numerators = STEADY + [n + 20 for n in STEADY]
    assert {p.judged for p in series(con, numerators).points} == {"improvement", "concern"}
    cut = Cut(*KEY, month_end(14), "A second visiting team began")
    two = series(con, numerators, [cut])
    assert {p.judged for p in two.points} == {"common"}
    assert {round(p.centre or 0, 6) for p in two.points} == {0.51, 0.71}
    assert two.cuts == (cut,)
    other = series(con, numerators, [Cut("E1", "XX9", "ALL", month_end(14), "another series altogether")])
    assert {p.judged for p in other.points} == {"improvement", "concern"}


def test_a_go_live_begins_every_series_anew(con: duckdb.DuckDBPyConnection) -> None:
    figures(con, STEADY + [n + 20 for n in STEADY])
    con.execute("insert into facts.go_lives values ('E1', ?)", [month_end(14)])
    found = every_series(con)[KEY]
    assert {p.judged for p in found.points} == {"common"}
    assert [cut.reason for cut in found.cuts] == ["a new case system went live"]


def test_few_points_after_a_rebase_are_counted_from_there(con: duckdb.DuckDBPyConnection) -> None:
    found = series(con, [*STEADY, 70, 71], [Cut(*KEY, month_end(14), "A second visiting team began")])
    assert found.points[0].centre is not None and found.points[15].centre is None
    assert "2 month ends so far since 31 March 2022, 13 are needed" in says(found, month_end(15))[1]


@pytest.mark.parametrize("kind", ["go_live", "inspection", "visit"])
def test_no_limit_and_no_run_crosses_a_day_that_the_authority_marks(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Six rising points before the day and six after it are no trend; each side is judged as if the other were not there."""
    rising = [50, 52] * 6 + [45, 46, 47, 48, 49, 50]
    after = [51, 52, 53, 54, 55, 56] + [52, 54] * 6
    day = month_end(17) + timedelta(days=14)
    crossed = series(con, rising + after, events=[])
    assert "trend" in {p.signal for p in crossed.points} and len({p.centre for p in crossed.points}) == 1
    found = series(con, rising + after, events=[(day, kind, "as it says")])
    before, later = found.points[:18], found.points[18:]
    assert {p.since for p in before} == {date.min} and {p.since for p in later} == {day}
    assert [len({p.centre for p in part}) for part in (before, later)] == [1, 1]
    assert "trend" not in {p.signal for p in found.points}
    for part in (before, later):
        alone = oracle.judge([Fraction(p.numerator or 0, 100) for p in part])
        assert alone is not None
        assert [(p.signal or "", p.whither) for p in part] == [(one.signal, one.whither) for one in alone]
        assert part[0].upper == pytest.approx(float(alone[0].centre + oracle.REACH * alone[0].mean_range))


def test_an_event_of_another_kind_is_marked_and_judges_nothing_anew(con: duckdb.DuckDBPyConnection) -> None:
    with_it = series(con, STEADY, events=[(month_end(6), "other", "The form of visits changed")])
    assert with_it.cuts == () and [mark.says for mark in with_it.marks_between] == ["The form of visits changed"]
    assert with_it.points == series(con, STEADY, events=[]).points


def test_a_day_before_the_first_point_or_after_the_last_is_no_line(con: duckdb.DuckDBPyConnection) -> None:
    events = [(date(2020, 6, 1), "go_live", None), (month_end(20), "visit", None)]
    found = series(con, STEADY, events=events)
    assert found.marks_between == found.cuts_between == () and found.has_limits
    assert "so far since" not in says(series(con, STEADY[:5], events=events), month_end(4))[1]


def test_another_authoritys_visit_is_its_own(con: duckdb.DuckDBPyConnection) -> None:
    figures(con, STEADY, events=[(month_end(6), "visit", None)])
    con.execute("update main.events set authority = 'E2'")
    assert every_series(con)[KEY].has_limits


def test_words_name_the_signal(con: duckdb.DuckDBPyConnection) -> None:
    found = series(con, [40] * 12 + [52])
    assert says(found, month_end(12)) == (
        "improvement",
        "Improving, more than chance explains: outside what chance explains.",
    )


def test_small_denominators_are_known(con: duckdb.DuckDBPyConnection) -> None:
    assert not series(con, STEADY).is_small
    figures(con, [5, 6] * 7, denominator=19)
    assert every_series(con)[KEY].is_small


def test_rebases_are_kept_with_reason_name_and_moment(tmp_path: object) -> None:
    cut = Cut(*KEY, date(2022, 1, 31), "A second visiting team began")
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        with pytest.raises(LedgerError, match="in words"):
            rebase(ledger, Cut(*KEY, date(2022, 1, 31), "new"), "Olive Officer")
        with pytest.raises(LedgerError, match="name"):
            rebase(ledger, cut, " ")
        rebase(ledger, cut, "Olive Officer")
        assert rebases(ledger) == [Cut(*KEY, date(2022, 1, 31), "A second visiting team began", "Olive Officer")]
        then = ledger.notes("rebase")[0].at
        lift(ledger, cut, "Dora Director")
        assert rebases(ledger) == []
        assert rebases(ledger, known_at=then) == [
            Cut(*KEY, date(2022, 1, 31), "A second visiting team began", "Olive Officer")
        ]


def test_no_series_is_kept_of_a_snapshot_without_month_ends(con: duckdb.DuckDBPyConnection) -> None:
    figures(con, [], also=[(date(2022, 2, 14), 3)])
    assert every_series(con) == {}
    assert points_of(con) == 0
