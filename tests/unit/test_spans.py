"""Holds to account: which positions `countermark run` is asked for, and that what cannot be meant is refused with what to type instead."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.calendar.months import month_ends
from pipelines.commands.shared import UsageError
from pipelines.spans import MOST_MONTHS, span_of

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(1996, 1, 1), date(2039, 12, 31))


@given(DAYS, st.integers(0, 1500))
def test_month_ends_are_the_days_before_a_first(first: date, length: int) -> None:
    """Against the definition, day by day."""
    last = first + timedelta(days=length)
    every = (first + timedelta(days=one) for one in range(length + 1))
    assert month_ends(first, last) == [one for one in every if (one + timedelta(days=1)).day == 1]


def test_a_span_is_its_month_ends_and_the_last_names_the_run() -> None:
    span = span_of(None, "2022-01-31", "2022-04-29", TODAY)
    assert span.dates == (date(2022, 1, 31), date(2022, 2, 28), date(2022, 3, 31))
    assert (span.as_at, span.earlier) == (date(2022, 3, 31), span.dates[:2])


def test_one_position_is_any_day() -> None:
    span = span_of("2022-10-30", None, None, TODAY)
    assert (span.as_at, span.earlier) == (date(2022, 10, 30), ())


def test_ten_years_are_made_and_a_month_more_is_not() -> None:
    assert len(span_of(None, "2012-01-01", "2021-12-31", TODAY).dates) == MOST_MONTHS
    with pytest.raises(UsageError, match="121 month ends; one run makes 120 at most: ask for them in parts"):
        span_of(None, "2012-01-01", "2022-01-31", TODAY)


@pytest.mark.parametrize(
    ("as_at", "first", "last", "says"),
    [
        (None, None, None, "Say which position: --as-at YYYY-MM-DD, or --from and --to"),
        ("2022-10-31", "2022-01-01", None, "not both"),
        ("2022-10-31", None, "2022-12-31", "not both"),
        (None, "2022-01-01", None, "--to is missing"),
        (None, None, "2022-01-01", "--from is missing"),
        (None, "2022-05-01", "2022-04-30", "--from 2022-05-01 lies after --to 2022-04-30"),
        (None, "2022-05-01", "2022-05-30", "No month ends between 2022-05-01 and 2022-05-30: for one position say --as-at"),
        (None, "2022-05-01", "2026-11-23", "--to 2026-11-23 has not come yet"),
        (None, "1999-12-31", "2001-01-01", "--from 1999-12-31 is too early: positions begin with 2000-01-01"),
        (None, "01/05/2022", "2022-06-30", "--from needs a date as YYYY-MM-DD"),
        (None, "2022-05-01", "June", "--to needs a date as YYYY-MM-DD"),
        ("31/10/2022", None, None, "--as-at needs a date as YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_a_sentence(
    as_at: str | None, first: str | None, last: str | None, says: str
) -> None:
    with pytest.raises(UsageError) as refused:
        span_of(as_at, first, last, TODAY)
    assert says in str(refused.value)
