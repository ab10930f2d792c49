"""Holds the search for headers to account: which row, which layout, and that a list of codes is no list of children."""

from __future__ import annotations

import pytest

from countermark.readers.headings import Layout, find_header, fold


def layout(name: str, columns: str, must_have: str, hint: str = "") -> Layout:
    names = columns.split()
    folded = {fold(column.replace("_", " ")): column for column in names}
    kinds = dict.fromkeys(names, "text")
    return Layout(name, name, hint, (names[0],), tuple(must_have.split()), kinds, {n: n for n in names}, folded)


PLANS = layout("plans", "child_id start_date end_date visit_date team", "child_id start_date", "list 7")
CARE = layout("care", "child_id began_on ended_on team", "child_id began_on", "list 8")
BOTH = [PLANS, CARE]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LA In Touch ", "la in touch"),
        (
            "Was the child assessed as requiring LA children’s support?",
            "Was the child assessed as requiring LA children's support",
        ),
        ("Ceased (Y/N))", "Ceased Y/N"),
        ("Date\u00a0of  Birth", "date_of_birth"),
        ("‘Missing’ episodes", "'Missing' episodes"),
        ("Ｃｈｉｌｄ ID", "Child ID"),
        ("Child's ref", "Child Ref"),
        ("CHILD’S NAME", "child name"),
    ],
)
def test_headings_are_compared_without_their_dress(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_plural_and_a_word_that_ends_so_stay() -> None:
    assert fold("Parents' views") == "parents views" and fold("Visits") == "visits" and fold("O'Shea") == "oshea"


def test_the_header_is_found_below_titles_and_beside_an_empty_column() -> None:
    rows = [["List 7: Child protection"], [], ["", "Child ID", "Start date", "Team"], ["", "1", "x", "y"]]
    match = find_header(rows, BOTH, "Sheet1")
    assert match is not None
    assert (match.row, match.layout.id, match.places) == (2, "plans", {"child_id": 1, "start_date": 2, "team": 3})


def test_most_headings_win_then_the_sheets_name() -> None:
    assert find_header([["child id", "start date", "visit date", "began on"]], BOTH, "List 8").layout.id == "plans"
    alike = [
        layout("a", "child_id day", "child_id day", "list 1"),
        layout("b", "child_id day", "child_id day", "list 11"),
    ]
    assert find_header([["child id", "day"]], alike, "List_11").layout.id == "b"
    assert find_header([["child id", "day"]], alike, "List 1").layout.id == "a"


def test_missing_and_doubled_headings_are_named_by_place() -> None:
    match = find_header([["Child ID", "End date", "End  Date", "Team"]], BOTH, "List 7")
    assert match is not None and not match.fits
    assert (match.missing, match.doubled) == (("start_date",), {"end_date": (1, 2)})


@pytest.mark.parametrize(
    "rows",
    [
        [["Child ID"]],
        [["Team", "Detail", "Grouped", "Source", "Reason", "Code", "End date", "Other"]],
        [["Please fill in the child id and start date"]],
        [[None, 3.0, True]],
        [],
    ],
)
def test_what_resembles_nothing_is_no_header(rows: list[list[object]]) -> None:
    assert find_header(rows, BOTH, "List 7") is None


def test_a_header_below_the_first_page_is_not_looked_for() -> None:
    assert find_header([[""]] * 30 + [["child id", "start date"]], BOTH, "x") is None
