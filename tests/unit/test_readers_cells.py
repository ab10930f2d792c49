"""Holds the spelling of cells to account: one text for each value, ids without a spreadsheet's decoration, errors never text."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.readers.cells import ERRORS, SPACE, is_blank, text_column


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (date(2022, 10, 31), "date", "2022-10-31"),
        (datetime(2022, 10, 31, 23, 59), "date", "2022-10-31"),
        (44865.0, "date", "44865"),
        (6.138, "integer", "6.138"),
        (-1.0, "integer", "-1"),
        (True, "flag", "TRUE"),
        (False, "code", "FALSE"),
        (1.0, "id", "1"),
        ("0010", "id", "0010"),
        (" ab\u00a01\u00a0", "id", "AB\u00a01"),
        ("1234.0", "id", "1234"),
        ("1234.0", "text", "1234.0"),
        ("  Ann-Marie \u00a0", "text", "Ann-Marie"),
        ("\u00a0 \t\n\u200b", "text", None),
        ("", "text", None),
        (timedelta(hours=1), "text", "1:00:00"),
    ],
)
def test_one_spelling(cell: object, kind: str, text: str | None) -> None:
    assert text_column([cell], kind) == ([text], [])


def test_true_and_one_are_different_cells_in_one_column() -> None:
    assert text_column([True, 1.0, 1, 0.0, False], "code")[0] == ["TRUE", "1", "1", "0", "FALSE"]


@pytest.mark.parametrize("error", sorted(ERRORS))
def test_an_error_spelled_out_is_unreadable_and_no_text(error: str) -> None:
    assert text_column(["a", f" {error} ", None], "text") == (["a", None, None], [1])


@given(st.text(max_size=8), st.text(alphabet=SPACE, max_size=3), st.text(alphabet=SPACE, max_size=3))
def test_white_space_around_never_matters(core: str, before: str, after: str) -> None:
    assert text_column([before + core + after], "id") == text_column([core], "id")
    assert is_blank(before + after)
