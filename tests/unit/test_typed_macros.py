"""Holds the macros that give text a type to account, against a plain Python account of the same rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.contracts.catalogue import SHIPPED
from countermark.warehouse.connect import statements


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    for statement in statements((SHIPPED / "sql/shared/typed_macros.sql").read_text(encoding="utf-8")):
        con.execute(statement)
    yield con
    con.close()


def ask(con: duckdb.DuckDBPyConnection, macro: str, text: str | None) -> object:
    return con.execute(f"select {macro}(?::varchar)", [text]).fetchone()[0]


def plain_date(text: str) -> date | None:
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)([T ].*)?", text, re.ASCII)
    british = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})( .*)?", text, re.ASCII)
    parts = iso.groups()[:3] if iso else british.groups()[2::-1] if british else None
    try:
        found = date(*map(int, parts)) if parts else None
    except ValueError:
        return None
    return found if found and date(1990, 1, 1) <= found <= date(2040, 12, 31) else None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2022-10-31", "2022-10-31"),
        ("2022-10-31 23:59:59", "2022-10-31"),
        ("2022-10-31T23:59", "2022-10-31"),
        ("31/10/2022", "2022-10-31"),
        ("31/10/2022 09:00", "2022-10-31"),
        ("05/10/2022", "2022-10-05"),
        ("10/31/2022", None),
        ("10/13/2022", None),
        ("30/02/2022", None),
        ("1/5/2022", None),
        ("31/10/22", None),
        ("31-10-2022", None),
        ("31 October 2022", None),
        ("44865", None),
        ("20221031", None),
        ("1989-12-31", None),
        ("1990-01-01", "1990-01-01"),
        ("2040-12-31", "2040-12-31"),
        ("2041-01-01", None),
        ("9999-12-31", None),
        (None, None),
    ],
)
def test_dates(con: duckdb.DuckDBPyConnection, text: str | None, iso: str | None) -> None:
    assert ask(con, "as_date", text) == (date.fromisoformat(iso) if iso else None)


@given(
    text=st.from_regex(r"\A(\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d)( \d\d:\d\d)?\Z")
    | st.dates().map(lambda d: f"{d:%d/%m/%Y}")
)
def test_dates_as_plain_python_reads_them(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert ask(con, "as_date", text) == plain_date(text)


def test_births_go_further_back_but_not_to_what_systems_write_for_unknown(con: duckdb.DuckDBPyConnection) -> None:
    assert ask(con, "as_birth_date", "1900-01-01") is None
    assert ask(con, "as_birth_date", "02/01/1900") == date(1900, 1, 2)
    assert ask(con, "as_birth_date", "1899-12-31") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("-1", -1),
        ("+3", 3),
        ("3.0", 3),
        ("007", 7),
        ("6.138", None),
        ("AT", None),
        ("1e3", None),
        ("99999999999", None),
        (None, None),
    ],
)
def test_whole_numbers(con: duckdb.DuckDBPyConnection, text: str | None, number: int | None) -> None:
    assert ask(con, "as_integer", text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0.6", 0.6), ("1", 1.0), ("-0.25", -0.25), ("0,6", None), ("60%", None), ("full time", None), (".5", None)],
)
def test_numbers_with_decimals_are_not_guessed(con: duckdb.DuckDBPyConnection, text: str, number: float | None) -> None:
    assert ask(con, "as_number", text) == number


@pytest.mark.parametrize("text", ["Yes", "a) Yes", "Y", "1", "TRUE", "yes ", "b) yes.", "“Yes”"])
def test_yes(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert ask(con, "as_flag", text) is True


@pytest.mark.parametrize("text", ["No", "b) No", "N", "0", "FALSE"])
def test_no(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert ask(con, "as_flag", text) is False


def test_a_flag_is_never_guessed(con: duckdb.DuckDBPyConnection) -> None:
    assert [ask(con, "as_flag", text) for text in ("maybe", "2", "yes and no", "")] == [None] * 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("b) Female", "female"),
        ("a) 1A: Individual", "1A Individual"),
        ("Physical  abuse", "physical-abuse"),
        ("child’s", "childs"),
        ("Multiple/not recommended", "multiple\u00a0/ not recommended"),
        ("aa) Other", "other"),
    ],
)
def test_codes_are_compared_without_prefix_and_punctuation(
    con: duckdb.DuckDBPyConnection, one: str, other: str
) -> None:
    assert ask(con, "norm_code", one) == ask(con, "norm_code", other) != ""


def test_a_bare_letter_and_a_code_with_brackets_keep_their_meaning(con: duckdb.DuckDBPyConnection) -> None:
    assert [ask(con, "norm_code", text) for text in ("a", "a)", "N1", "RC8 (other)")] == ["a", "a", "n1", "rc8 other"]


def test_names_are_folded_by_space_and_case(con: duckdb.DuckDBPyConnection) -> None:
    assert ask(con, "fold_name", "\u00a0North \u2009 East\u00a0TEAM ") == "north east team"
    assert ask(con, "squeeze", " North \n East ") == "North East"
