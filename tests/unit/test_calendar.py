"""Holds the calendar to England's own days: the file of bank holidays against the package it came from, one-off days, and counting, in
Python and in SQL, against a day-by-day count.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta

import duckdb
import pytest
from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.calendar.working_days import (
    BANK_HOLIDAYS,
    FIRST_DAY,
    LAST_DAY,
    OutsideCalendarError,
    bank_holidays,
    working_dates,
    working_days,
)
from countermark.contracts.catalogue import SHIPPED
from countermark.warehouse.connect import connect

DAYS = st.dates(FIRST_DAY, LAST_DAY)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return connect(None, SHIPPED / "sql")


def test_the_file_holds_every_bank_holiday_of_england() -> None:
    known = country_holidays("GB", subdiv="ENG", years=range(FIRST_DAY.year, LAST_DAY.year + 1))
    assert set(known) == bank_holidays()


def test_the_file_is_in_order_and_says_each_day_once() -> None:
    with BANK_HOLIDAYS.open(encoding="utf-8", newline="") as file:
        days = [row["day"] for row in csv.DictReader(file)]
    assert days == sorted(set(days))


@pytest.mark.parametrize(
    "day",
    [
        date(2020, 5, 8),  # moved from the Monday to Victory in Europe Day
        date(2022, 6, 2),  # moved from the end of May
        date(2022, 6, 3),  # the jubilee
        date(2022, 9, 19),  # the Queen's funeral
        date(2023, 5, 8),  # the coronation
        date(2021, 12, 27),  # Christmas Day on a Saturday
        date(2021, 12, 28),  # Boxing Day on a Sunday
    ],
)
def test_one_off_and_moved_days_are_no_working_days(day: date) -> None:
    assert day not in working_dates()


@pytest.mark.parametrize("day", [date(2020, 5, 4), date(2022, 5, 30), date(2022, 11, 30), date(2022, 3, 17)])
def test_days_that_moved_away_and_those_of_other_nations_are_working_days(day: date) -> None:
    assert day in working_dates()


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        (date(2022, 10, 31), date(2022, 10, 31), 0),
        (date(2022, 10, 17), date(2022, 10, 31), 10),
        (date(2022, 10, 3), date(2022, 10, 8), 4),  # from a Monday to a Saturday
        (date(2022, 10, 31), date(2022, 10, 17), -10),
    ],
)
def test_the_first_day_is_out_and_the_last_is_in(a: date, b: date, count: int) -> None:
    assert working_days(a, b) == count


@given(a=DAYS, b=DAYS)
@settings(max_examples=60, deadline=None)
def test_sql_counts_as_python_does(con: duckdb.DuckDBPyConnection, a: date, b: date) -> None:
    assert con.execute("select working_days(?::date, ?::date)", [a, b]).fetchall() == [(working_days(a, b),)]


@given(a=st.dates(date(2015, 1, 1), date(2027, 1, 1)), length=st.integers(0, 120))
@settings(max_examples=60, deadline=None)
def test_counting_day_by_day_comes_to_the_same(a: date, length: int) -> None:
    walked = [a + timedelta(days=i) for i in range(1, length + 1)]
    off = country_holidays("GB", subdiv="ENG")
    assert working_days(a, a + timedelta(days=length)) == sum(d.weekday() < 5 and d not in off for d in walked)


@given(start=st.dates(date(1991, 1, 1), date(2039, 1, 1)), n=st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_adding_days_is_the_inverse_of_counting(con: duckdb.DuckDBPyConnection, start: date, n: int) -> None:
    (due,) = con.execute("select add_working_days(?::date, ?)", [start, n]).fetchall()[0]
    assert working_days(start, due) == n
    assert due in working_dates()


@pytest.mark.parametrize("day", [date(1989, 12, 31), date(2041, 1, 1), date(1900, 1, 1)])
def test_a_day_outside_is_an_error_and_no_null(con: duckdb.DuckDBPyConnection, day: date) -> None:
    with pytest.raises(OutsideCalendarError):
        working_days(day, date(2022, 1, 1))
    with pytest.raises(duckdb.Error, match="outside the calendar"):
        con.execute("select working_days(?::date, date '2022-01-01')", [day]).fetchall()


def test_an_unknown_day_stays_unknown(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute(
        "select working_days(null, date '2022-01-01'), working_days(date '2022-01-01', null)"
    ).fetchall() == [(None, None)]


def test_years_before_the_leap_day(con: duckdb.DuckDBPyConnection) -> None:
    said = con.execute("select years_before(date '2024-02-29', 1), years_before(date '2022-10-31', 2)").fetchall()
    assert said == [(date(2023, 2, 28), date(2020, 10, 31))]
