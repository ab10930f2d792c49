"""A file of another council, or of another time than its sidecar says, is refused in a sentence; what cannot tell is taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from countermark.contracts.authority import DirectionError, Sidecar, parse, parse_authority
from countermark.warehouse import raw
from countermark.warehouse.typed import create_typed
from tests.intake_kit import LIST_7, Desk, csv_file, desk, headers, plan, text_file

CENSUS = """<?xml version="1.0" encoding="UTF-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate>
</CollectionDetails><Source><LEA>{lea}</LEA><SoftwareCode>x</SoftwareCode><DateTime>2026-04-20T10:00:00</DateTime></Source></Header>
<Children><Child><ChildIdentifiers><LAchildID>C1</LAchildID></ChildIdentifiers></Child></Children></Message>
"""


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, LIST_7, "cin.shape", "cin.children", "manual_counts") as made:
        yield made


def put(at: Desk, said: str, days: list[date], name: str = "plans.csv") -> None:
    text_file(at.inbox / f"{name}.delivery.toml", said)
    csv_file(at.inbox / name, [headers(), *(plan(f"C{n}", day.isoformat()) for n, day in enumerate(days))])
    at.run()


def extract(last: date, late: int = 0, rows: int = 40) -> list[date]:
    """Days on which plans began: `late` of them a month after the last that there ought to be."""
    return [last - timedelta(days=3 * n) for n in range(rows - late)] + [last + timedelta(days=30)] * late


def test_an_extract_with_events_after_its_date_is_refused(at: Desk) -> None:
    put(at, "extracted_on = 2022-10-01\n", extract(date(2022, 10, 1), late=4))
    found = at.receipt("plans.csv")
    assert (found.status, found.rows_in, found.rows_rejected, found.authority) == ("rejected", 40, 40, "")
    assert found.reason.startswith(
        "In 4 of 40 rows something begins more than 7 days after 1 October 2022, where its extracted_on is: it is not of that time."
    )
    create_typed(at.con, at.definitions, at.ledger)
    assert at.typed("1") == [], "nothing of it is in a figure"
    assert at.run().receipts == (), "the same file is not refused twice"
    text_file(at.inbox / "plans.csv.delivery.toml", "extracted_on = 2022-11-01\n")
    at.run()
    assert sorted((r.status, r.authority) for r in at.ledger.receipts()) == [("loaded", "E1"), ("rejected", "")]


@pytest.mark.parametrize(
    ("late", "rows"),
    [
        pytest.param(0, 40, id="none"),
        pytest.param(2, 40, id="a slip or two"),
        pytest.param(3, 100, id="very few of many"),
    ],
)
def test_a_few_odd_dates_are_left_to_the_checks_of_the_data(at: Desk, late: int, rows: int) -> None:
    put(at, "extracted_on = 2022-10-01\n", extract(date(2022, 10, 1), late, rows))
    assert at.receipt("plans.csv").status == "loaded"


def test_days_between_the_position_and_the_export_are_no_fault(at: Desk) -> None:
    put(at, "extracted_on = 2022-10-01\n", [date(2022, 10, 8)] * 30)
    assert at.receipt("plans.csv").status == "loaded"


@pytest.mark.parametrize(
    ("period", "last", "says"),
    [
        pytest.param("2022-10", date(2022, 10, 30), "", id="of the month"),
        pytest.param("2022-10", date(2022, 9, 20), "The latest event in the file is of 20 September 2022, before its period", id="too old"),
        pytest.param("2022-10", date(2022, 12, 20), "after 31 October 2022, where its period ends", id="too new"),
        pytest.param("2022-04-01/2022-09-30", date(2022, 9, 20), "", id="of a half year"),
    ],
)  # fmt: skip
def test_a_file_of_another_period_is_refused(at: Desk, period: str, last: date, says: str) -> None:
    put(at, f'period = "{period}"\n', extract(last, rows=20))
    found = at.receipt("plans.csv")
    assert (found.status, says in found.reason) == ("rejected" if says else "loaded", True), found.reason


def test_what_a_team_writes_may_speak_of_another_time(at: Desk) -> None:
    header = "indicator_id,team,as_at,unit,numerator,denominator,counted_by,counted_at,method,note\n"
    line = "PP1,ALL,2022-10-31,child,1,2,A Manager,2022-11-20,own_list,\n"
    text_file(at.inbox / "c.csv.delivery.toml", "extracted_on = 2022-10-01\n")
    text_file(at.inbox / "c.csv", header + line * 9)
    at.run()
    assert at.receipt("c.csv", "manual_counts").status == "loaded"


@pytest.mark.parametrize(
    ("council", "lea", "taken"),
    [
        pytest.param('authority = "E1"\nla_code = "812"\n', "813", False, id="another council"),
        pytest.param('authority = "E1"\nla_code = 812\n', " 812 ", True, id="ours"),
        pytest.param('authority = "E1"\n', "813", True, id="nobody said which number is ours"),
        pytest.param('authority = "812"\n', "813", False, id="a council known by its number"),
        pytest.param('authority = "E1"\nla_code = "812"\n', "", True, id="a file that says nothing"),
    ],
)
def test_a_return_of_another_council_is_refused(at: Desk, council: str, lea: str, taken: bool) -> None:
    text_file(at.inbox / "authority.toml", council)
    text_file(at.inbox / "census.xml", CENSUS.format(lea=lea))
    at.run(None)
    found = at.receipt("census.xml", "cin.shape")
    assert (found.status != "rejected" or "of council" not in found.reason) is taken, found
    if not taken:
        assert "under LEA that it is of council 813, and it was handed in as 812's" in found.reason


def test_a_lost_warehouse_does_not_let_a_refused_file_in(at: Desk) -> None:
    put(at, "extracted_on = 2022-10-01\n", extract(date(2022, 10, 1), late=20))
    raw.reload(at.home, at.definitions, at.ledger, at.con)
    at.con.execute("drop schema typed cascade")
    create_typed(at.con, at.definitions, at.ledger)
    assert at.con.execute("select status, rows_loaded, rows_rejected from typed.receipts").fetchall() == [
        ("rejected", 0, 40)
    ]
    assert at.con.execute('select count(*) from raw."annex_a_list_07"').fetchall() == [(0,)]


@pytest.mark.parametrize("period", ["2022", "October", "2022-13", "2022-10-01/soon"])
def test_a_period_that_is_none_is_said(period: str) -> None:
    with pytest.raises(DirectionError, match="period"):
        parse(f'period = "{period}"', Sidecar)


def test_periods_and_numbers_as_people_write_them() -> None:
    assert parse('period = "2024-02"', Sidecar).period == (date(2024, 2, 1), date(2024, 2, 29))
    assert parse('period = "2022-12"', Sidecar).period == (date(2022, 12, 1), date(2022, 12, 31))
    assert [parse_authority(f'authority = "E1"\nla_code = {code}').la_code for code in ("812", '" 812 "')] == [
        "812",
        "812",
    ]
