"""Rows that go in many to a statement arrive as they were given, all of them."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from countermark.warehouse.connect import ROWS_AT_ONCE, insert


@pytest.mark.parametrize("how_many", [0, 1, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE + 3])
def test_every_row_goes_in_once(how_many: int) -> None:
    with duckdb.connect() as con:
        con.execute("create table numbered (number integer, word varchar)")
        insert(con, "numbered", [(number, f"'{number}'); --") for number in range(how_many)])
        rows = con.execute("select number, word from numbered order by number").fetchall()
    assert rows == [(number, f"'{number}'); --") for number in range(how_many)]


def test_blanks_lists_and_numbers_keep_their_types() -> None:
    given = [
        (None, [], None, None, None),
        (date(2022, 10, 31), ["List 7", "List 6"], 3, 0.5, True),
        (None, ["01"], None, 2.0, False),
    ]
    with duckdb.connect() as con:
        con.execute("create table mixed (day date, names varchar[], whole integer, share double, said boolean)")
        insert(con, "mixed", given)
        assert con.execute("from mixed").fetchall() == given
