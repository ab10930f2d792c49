"""How a list's shape changed since the extract before: each kind of change found, with the figures that it could move, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from countermark.certify.drift import Drift, of_row, record_drift, shapes
from countermark.certify.facts import columns_read
from countermark.readers.headings import TAUGHT, UNTOLD
from countermark.readers.sheets import letters
from countermark.validate import validate_files
from countermark.warehouse import raw
from countermark.warehouse.learned import mapping, remember
from countermark.warehouse.typed import create_typed
from tests.intake_kit import LIST_7, TEAMS, Desk, csv_file, desk, headers, plan, text_file

VISIT, ALONE, REVIEW = (
    "Date of the Last Statutory Visit",
    "Was the Child Seen Alone?",
    "Date of latest review conference",
)
CHILD, WIDTH = "Zyq Heronshaw", len(headers())
ROWS = [
    plan(
        f"C{n}", "2022-06-01", date_of_the_last_statutory_visit="2022-10-20", was_the_child_seen_alone="Yes", ethnicity="WBRI",
        date_of_latest_review_conference="2022-09-01", initial_category_of_abuse="Neglect",
    )
    for n in range(10)
]  # fmt: skip


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, LIST_7) as made:
        yield made


def put(at: Desk, day: str, head: list[Any], rows: list[list[Any]]) -> None:
    text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
    csv_file(at.inbox / day / "plans.csv", [head, *rows])


def drift(at: Desk) -> dict[tuple[str, str, str], Drift]:
    """By extract date, what happened and heading."""
    at.run()
    create_typed(at.con, at.definitions, at.ledger)
    record_drift(at.con, at.definitions, columns_read(at.definitions))
    cursor = at.con.execute("select * from facts.drift")
    names = [one[0] for one in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {(str(row["extracted_on"]), row["what"], row["heading"]): of_row(row) for row in found}


def without(heading: str, head: list[Any], rows: list[list[Any]]) -> tuple[list[Any], list[list[Any]]]:
    place = head.index(heading)
    return head[:place] + head[place + 1 :], [row[:place] + row[place + 1 :] for row in rows]


def with_cell(heading: str, value: str, rows: list[list[Any]], first: int) -> list[list[Any]]:
    place = headers().index(heading)
    return [[*row[:place], value, *row[place + 1 :]] if n < first else row for n, row in enumerate(rows)]


def test_the_same_shape_is_no_drift(at: Desk) -> None:
    put(at, "2022-10-03", headers(), ROWS)
    put(at, "2022-11-02", [*reversed(headers())], [[*reversed(row)] for row in ROWS[1:]])
    assert drift(at) == {}


def test_a_heading_that_nobody_knows_is_told_once(at: Desk) -> None:
    put(at, "2022-10-03", [*headers(), "Shoe size"], [[*row, "38"] for row in ROWS])
    for day in ("2022-11-02", "2022-12-02"):
        put(
            at, day, [*headers(), "Shoe size", "Favourite  colour", "12345"], [[*row, "38", "red", "x"] for row in ROWS]
        )
    found = drift(at)
    first, second = (f"a heading in column {letters(WIDTH + n)} that no file layout knows" for n in (0, 1))
    assert set(found) == {("2022-10-03", "unknown", first), ("2022-11-02", "unknown", second)}
    assert found["2022-11-02", "unknown", second].says == (f"A{second[1:]}: what stands under it is not read."), (
        "and what has no letters is no heading: it is kept nowhere"
    )


def test_a_heading_is_told_in_words_only_where_some_file_layout_has_them(tmp_path: Path) -> None:
    with desk(tmp_path, LIST_7, "annex_a.list_08") as at:
        put(at, "2022-10-03", [*headers(), "PLACEMENT  postcode", CHILD], [[*row, "QX7 7ZZ", "yes"] for row in ROWS])
        found = drift(at)
        assert {heading for _, _, heading in found} == {"PLACEMENT postcode", UNTOLD.format(letters(WIDTH + 1))}
        assert found["2022-10-03", "unknown", "PLACEMENT postcode"].says == (
            "“PLACEMENT postcode” is no known heading of this list: what stands under it is not read."
        )


def test_a_heading_that_a_person_gave_its_meaning_is_no_heading_that_is_told(at: Desk) -> None:
    put(at, "2022-10-03", headers(), ROWS)
    head = [CHILD if one == VISIT else one for one in headers()]
    put(at, "2022-11-02", head, ROWS)
    remember(
        at.ledger, mapping(at.definitions, "E1", head, LIST_7, {CHILD: "date_of_the_last_statutory_visit"}, "Olive")
    )
    found = drift(at)
    assert set(found) == {("2022-11-02", "renamed", VISIT)}
    assert found["2022-11-02", "renamed", VISIT].says.startswith(f"“{VISIT}” stood under “{VISIT}” and now stands")
    assert (TAUGHT,) in at.con.execute("select distinct heading from raw.headings").fetchall()


def test_headings_that_an_earlier_version_kept_in_their_own_words_are_read_again(at: Desk) -> None:
    put(at, "2022-11-02", [*headers(), CHILD], [[*row, "38"] for row in ROWS])
    drift(at)
    kept = at.con.execute("select heading from raw.headings order by all").fetchall()
    at.con.execute("update raw.headings set heading = ? where column_name = ''", [CHILD])
    at.con.execute("update raw.layouts set digest = 'of before'")
    drift(at)
    assert at.con.execute("select heading from raw.headings order by all").fetchall() == kept
    assert CHILD not in str(kept)


def test_a_known_heading_that_is_gone_says_which_figures_read_it(at: Desk) -> None:
    put(at, "2022-10-03", headers(), ROWS)
    head, rows = without(REVIEW, headers(), ROWS)
    put(at, "2022-11-02", *without("Ethnicity", head, rows))
    found = drift(at)
    assert set(found) == {("2022-11-02", "gone", REVIEW), ("2022-11-02", "gone", "Ethnicity")}
    assert found["2022-11-02", "gone", REVIEW].says.startswith(f"“{REVIEW}” is gone: it is blank in every row.")
    reads = {header: {i for i, _, h in columns_read(at.definitions) if h == header} for header in (REVIEW, "Ethnicity")}
    for header, indicators in reads.items():
        assert set(found["2022-11-02", "gone", header].indicators) == indicators


def test_a_column_that_was_emptied_names_the_measures_that_rest_on_it(at: Desk) -> None:
    put(at, "2022-10-03", headers(), ROWS)
    put(at, "2022-11-02", headers(), with_cell(VISIT, "", ROWS, 10))
    found = drift(at)
    assert set(found) == {("2022-11-02", "emptied", VISIT)}
    one = found["2022-11-02", "emptied", VISIT]
    assert {"PP1", "PP3"} <= set(one.indicators) and "It could move PP" in one.says


def test_another_known_spelling_is_told_and_moves_nothing(at: Desk) -> None:
    put(at, "2022-10-03", headers(), ROWS)
    put(at, "2022-11-02", ["Last CP Visit" if one == VISIT else one.upper() for one in headers()], ROWS)
    found = drift(at)
    assert set(found) == {("2022-11-02", "renamed", VISIT)}, "capitals are the same spelling"
    assert found["2022-11-02", "renamed", VISIT].before == VISIT


@pytest.mark.parametrize(("bad", "told"), [(5, True), (4, False)])
def test_a_date_column_that_stopped_holding_dates_is_told_with_its_share(at: Desk, bad: int, told: bool) -> None:
    put(at, "2022-10-03", headers(), ROWS)
    put(at, "2022-11-02", headers(), with_cell(VISIT, "10/31/2022", ROWS, bad))
    found = drift(at)
    assert set(found) == ({("2022-11-02", "unusable", VISIT)} if told else set())
    if told:
        assert "50% of the cells cannot be used, and 0% could not before" in found["2022-11-02", "unusable", VISIT].says


def test_a_list_of_nobodys_teams_is_told_where_authority_toml_names_them(at: Desk) -> None:
    text_file(at.inbox / "authority.toml", TEAMS)
    put(at, "2022-10-03", headers(), ROWS)
    put(at, "2022-11-02", headers(), with_cell("Allocated Team", "Elsewhere", ROWS, 10))
    put(at, "2022-12-02", headers(), with_cell("Allocated Team", "Elsewhere", ROWS, 9))
    assert set(drift(at)) == {("2022-11-02", "teams", "Allocated Team")}, "one known team is enough"


def test_nobody_is_told_of_teams_where_no_file_names_them(at: Desk) -> None:
    put(at, "2022-11-02", headers(), ROWS)
    assert drift(at) == {}


def test_headings_hold_no_cell_and_come_back_with_a_lost_warehouse(at: Desk) -> None:
    put(at, "2022-10-03", headers(), ROWS)
    put(at, "2022-11-02", [*headers(), "Shoe size"], [[*row, "38"] for row in ROWS])
    before = drift(at)
    kept = at.con.execute("select heading, column_name from raw.headings order by all").fetchall()
    untold = UNTOLD.format(letters(WIDTH))
    assert {heading for heading, _ in kept} == {*headers(), untold}
    assert dict(kept)[untold] == "" and dict(kept)[VISIT] == "date_of_the_last_statutory_visit"
    raw.reload(at.home, at.definitions, at.ledger, at.con)
    for schema in ("typed", "facts"):
        at.con.execute(f"drop schema {schema} cascade")
    assert drift(at) == before
    assert at.con.execute("select heading, column_name from raw.headings order by all").fetchall() == kept


def test_validate_says_what_nobody_knows_and_what_a_figure_lacks(at: Desk, tmp_path: Path) -> None:
    lines = validate_files([csv_file(tmp_path / "plans.csv", [*[headers()], *ROWS])], at.definitions)
    assert not any("heading" in line for line in lines[1:]), lines
    head, rows = without("Latest Category of Abuse", [*headers(), "Shoe size"], [[*row, "38"] for row in ROWS])
    lines = validate_files([csv_file(tmp_path / "plans.csv", [head, *rows])], at.definitions)
    untold = f"  A heading in column {letters(WIDTH - 1)} that no file layout knows: what stands under it is not read."
    assert untold in lines and "Shoe size" not in str(lines)
    gone = [line for line in lines if "Latest Category of Abuse” is not there" in line]
    assert len(gone) == 1 and "PP0" in gone[0], lines


def test_the_summary_of_a_run_says_it_for_what_was_just_received(at: Desk) -> None:
    put(at, "2022-10-03", headers(), ROWS)
    put(at, "2022-11-02", [*headers(), "Shoe size", "Hair"], [[*row, "38", "x"] for row in ROWS])
    drift(at)
    at.con.execute("create schema if not exists main")
    at.con.execute("create table main.deliveries as select * from typed.receipts")
    at.con.execute("create table facts.contracts as select 'annex_a.list_07' as contract, 'Plans' as title")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert shapes(at.con, long_ago, 1) == [
        f"Plans of 2 November 2022: A heading in column {letters(WIDTH)} that no file layout knows: what stands under it is not read.",
        "And 1 more: the page of each delivery has them.",
    ]
    assert len(shapes(at.con, long_ago, 9)) == 2
    assert shapes(at.con, datetime.now(UTC) + timedelta(days=1), 9) == [], "and of nothing older"
