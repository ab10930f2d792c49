"""Lists without rows: of a return they say that there are none, and take the place of an older one; of a sheet they are held, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from countermark.contracts.catalogue import load
from countermark.warehouse import raw
from countermark.warehouse.conform import conform
from countermark.warehouse.held import release
from countermark.warehouse.receipts import NO_ROW
from countermark.warehouse.typed import create_typed
from tests.census_kit import census, child, enquiry, episode, protection, write
from tests.intake_kit import LIST_7, Desk, csv_file, desk, headers, plan, text_file, workbook

SIX, ENQUIRIES, PLANS, MISSING = "annex_a.list_06", "cin.section47", "cin.protection_plans", "ssda903.missing"
OCTOBER, NOVEMBER, DECEMBER = "2022-10-03", "2022-11-02", "2022-12-02"
OF_CENSUS = [name for name in load().contracts if name.startswith("cin.")]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, LIST_7, SIX, MISSING, "ssda903.header") as made:
        yield made


def put(at: Desk, day: str, rows: int) -> None:
    """A workbook of two lists, the first with so many rows; no two days' are one file, however quickly they are written."""
    text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
    six = [headers(SIX), [f"x {day}" for _ in headers(SIX)]]
    workbook(
        at.inbox / day / "lists.xlsx", {"List 7": [headers(), *(plan(f"C{n}") for n in range(rows))], "List 6": six}
    )


def standing(at: Desk, contract: str = LIST_7) -> dict[str, str]:
    """Status by extract date, as published, with what lies in the inbox taken in."""
    at.run()
    create_typed(at.con, at.definitions, at.ledger)
    query = "select extracted_on::varchar, status from typed.receipts where contract = ?"
    return dict(at.con.execute(query, [contract]).fetchall())


def newest(at: Desk, contract: str = LIST_7) -> str:
    query = "select max(extracted_on)::varchar from typed.extracts where contract = ?"
    return str(at.con.execute(query, [contract]).fetchall()[0][0])


def of_year(year: int, children: list[str]) -> str:
    """A census of a year that ended in March."""
    return census(children, year, f"{year}-03-31", f"{year}-05-23T11:14:05")


def let_go(at: Desk, day: str) -> None:
    held = dict(at.con.execute("select delivery_id, authority from typed.receipts where status = 'held'").fetchall())
    release(
        at.ledger, held, at.receipt(f"{day}/lists.xlsx").delivery_id, "no child is on a plan any more", "Olive Officer"
    )


@pytest.mark.parametrize("before", [1, 12])
def test_a_list_without_rows_where_there_were_some_is_held_and_never_a_silent_zero(at: Desk, before: int) -> None:
    put(at, OCTOBER, before)
    put(at, NOVEMBER, 0)
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "held"}
    assert newest(at) == OCTOBER, "figures stand on the one before"
    reason = at.con.execute("select reason from typed.receipts where status = 'held'").fetchall()[0][0]
    assert reason.startswith(f"Held: this extract has 0 rows and that of 3 October 2022 has {before}.")
    let_go(at, NOVEMBER)
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "loaded"} and newest(at) == NOVEMBER
    assert "somebody released it" in str(at.con.execute("select reason from typed.receipts").fetchall())
    put(at, DECEMBER, 0)
    assert standing(at)[DECEMBER] == "loaded", "nothing where there was nothing is no change"
    raw.reload(at.home, at.definitions, at.ledger, at.con)
    at.con.execute("drop schema typed cascade")
    assert standing(at) == dict.fromkeys((OCTOBER, NOVEMBER, DECEMBER), "loaded")


def test_a_first_list_without_rows_is_refused_until_an_older_one_with_rows_comes(at: Desk) -> None:
    put(at, NOVEMBER, 0)
    assert standing(at) == {NOVEMBER: "rejected"} and newest(at) == "None"
    put(at, DECEMBER, 3)
    assert standing(at) == {NOVEMBER: "rejected", DECEMBER: "loaded"}
    put(at, OCTOBER, 2)
    assert standing(at) == {OCTOBER: "loaded", NOVEMBER: "held", DECEMBER: "loaded"}, "as if it had come in time"


def test_beside_the_rest_of_its_extract_a_sheet_without_rows_is_refused_alone(at: Desk) -> None:
    put(at, OCTOBER, 2)
    put(at, NOVEMBER, 0)
    csv_file(at.inbox / NOVEMBER / "north.csv", [headers(), plan("C1"), plan("C2")])
    at.run()
    create_typed(at.con, at.definitions, at.ledger)
    query = "select file, status from typed.receipts where contract = ? and extracted_on = ? order by 1"
    found = at.con.execute(query, [LIST_7, NOVEMBER]).fetchall()
    assert found == [(f"{NOVEMBER}/lists.xlsx", "rejected"), (f"{NOVEMBER}/north.csv", "loaded")]
    assert newest(at) == NOVEMBER


def test_a_file_of_a_return_without_rows_says_that_there_are_none(at: Desk) -> None:
    for day, rows in ((OCTOBER, ["C1,01/02/2012,M,01/05/2022,02/05/2022"]), (NOVEMBER, [])):
        text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
        text_file(at.inbox / day / "missing.csv", "\r\n".join(["CHILD,DOB,MISSING,MIS_START,MIS_END", *rows]) + "\r\n")
        text_file(at.inbox / day / "header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\r\n")
    assert standing(at, MISSING) == {OCTOBER: "loaded", NOVEMBER: "loaded"} and newest(at, MISSING) == NOVEMBER
    receipt = at.receipt(f"{NOVEMBER}/missing.csv", MISSING)
    assert (receipt.rows_in, receipt.status, receipt.reason) == (0, "loaded", NO_ROW)
    assert set(standing(at, "ssda903.header").values()) <= {"rejected", "duplicate"}, "a return is of children"


def test_files_without_rows_are_alike_and_no_copies_of_each_other(at: Desk) -> None:
    for day, rows in ((OCTOBER, []), (NOVEMBER, ["C1,01/02/2012,M,01/05/2022,02/05/2022"]), (DECEMBER, [])):
        text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
        text_file(at.inbox / day / "missing.csv", "\r\n".join(["CHILD,DOB,MISSING,MIS_START,MIS_END", *rows]) + "\r\n")
    assert (
        standing(at, MISSING) == dict.fromkeys((OCTOBER, NOVEMBER, DECEMBER), "loaded")
        and newest(at, MISSING) == DECEMBER
    )


def test_a_file_without_rows_of_no_day_takes_nothings_place(at: Desk) -> None:
    text_file(at.inbox / "missing.csv", "CHILD,DOB,MISSING,MIS_START,MIS_END\r\n")
    at.run()
    assert at.receipt("missing.csv", MISSING).status == "rejected"


def test_what_a_census_has_none_of_takes_the_place_of_the_older_rows(tmp_path: Path) -> None:
    with desk(tmp_path, *OF_CENSUS) as at:
        asked = [
            child(f"C{n}", episode("2022-01-10", enquiry("2022-02-01"), protection("2022-03-01"))) for n in range(6)
        ]
        write(at.inbox / "2022.xml", census(asked))
        later = [child("C0", episode("2023-01-10", enquiry("2023-02-01")))]
        write(at.inbox / "2023.xml", of_year(2023, later))
        assert standing(at, PLANS) == {"2022-03-31": "loaded", "2023-03-31": "held"}, (
            "six fewer of six are held here, too"
        )
        write(at.inbox / "2024.xml", of_year(2024, [child("C0", episode("2024-01-10"))]))
        stood = standing(at, ENQUIRIES)
        assert stood["2022-03-31"] == "loaded" and stood["2024-03-31"] == "held"
        assert at.receipt("2023.xml", PLANS).rows_in == 0


def test_a_census_without_enquiries_supersedes_the_few_of_the_year_before(tmp_path: Path) -> None:
    with desk(tmp_path, *OF_CENSUS) as at:
        write(at.inbox / "2022.xml", census([child("C1", episode("2022-01-10", enquiry("2022-02-01")))]))
        write(at.inbox / "2023.xml", of_year(2023, [child("C1", episode("2023-01-10"))]))
        assert standing(at, ENQUIRIES) == {"2022-03-31": "loaded", "2023-03-31": "loaded"}
        assert newest(at, ENQUIRIES) == "2023-03-31", "so no enquiry of the older return stands"
        conform(at.con, at.definitions)
        held = at.con.execute("select count(*), max(extracted_on)::varchar from conformed.s47_enquiry").fetchall()
        assert held == [(1, "2022-03-31")]
