"""What becomes of files: one inbox as messy as inboxes are, its receipts, its rejects, its cells, and the children that come of it.

Every delivery of List 7 has one extract date, so together they are one extract and a child of any of them stands in PP0.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.acceptance.kit import (
    COUNTS,
    LISTS,
    Export,
    Said,
    World,
    annex_a,
    countermark,
    rows,
    settled,
    table,
    text,
    workbook,
)

D = "2022-10-31"
DATED = "extracted_on = 2022-11-02\n"
START = date(2022, 6, 1)
SEVEN = LISTS["List 7"]


def _plan(child: Any, **cells: Any) -> dict[str, Any]:
    return {"id": child, "start": START, "alone": "Yes"} | cells


def _sheet(*plans: dict[str, Any]) -> list[list[Any]]:
    return rows("List 7", plans)


def _texts(*plans: dict[str, Any]) -> list[list[Any]]:
    return [[cell.isoformat() if isinstance(cell, date) else cell for cell in line] for line in _sheet(*plans)]


def _place(column: str) -> int:
    return list(SEVEN).index(column) + 1


def _cells(path: Path) -> None:
    """By openpyxl, which stores no value with a formula: errors, formulas, hidden rows, ids of every kind."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "List 7"
    plans = [
        _plan("C1", visit="#N/A"),
        _plan("C2", visit="=G3+5"),
        _plan("C3", worker="#N/A", visit=date(2022, 10, 20)),
        _plan("C4", visit=date(2022, 10, 20)),
        _plan(1234, visit="2022-10-20"),
        _plan(" ab12\u00a0", visit="20/10/2022"),
        _plan("0077", visit=datetime(2022, 10, 31, 17, 30)),
        _plan("55.0", visit="2022-10-31 23:59:59"),
        _plan("C9", visit="10/31/2022"),
        _plan("C10", visit="   "),
        _plan("C11", visit="05/10/2022"),
        _plan("#N/A", visit=date(2022, 10, 20)),
        _plan("C13", team="  NRTH  ", visit=date(2022, 10, 20)),
        _plan("C14", visit=date(2022, 10, 20), end="#REF!"),
        _plan("C15", visit=date(1900, 1, 1)),
    ]
    for line in _sheet(*plans):
        sheet.append(line)
    sheet.row_dimensions[5].hidden = True
    sheet.auto_filter.ref = "A1:R16"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    settled(path)


def _deliver(world: World) -> None:
    inbox = world.inbox
    text(
        inbox / "authority.toml",
        'authority = "E1"\n[[teams]]\nname = "North"\naliases = ["Nrth"]\n[[teams]]\nname = "South"\n',
    )
    seven = inbox / "seven"
    text(seven / "delivery.toml", DATED)
    _cells(seven / "cells.xlsx")
    # text files of three encodings and two delimiters, headings as people write them
    heading, *data = _texts(_plan("U1", worker="Zoë Ångström"), _plan("U2"))
    heading = [f" {name.upper()} " for name in heading]
    table(seven / "sixteen.csv", [heading, *data], "utf-16", ";")
    table(seven / "windows.csv", _texts(_plan("W1", worker="Renée\u00a0O’Neil")), "windows-1252")
    table(seven / "mark.csv", [["List 7: Child protection"], *_texts(_plan("M1"))], "utf-8-sig")
    # a title above, a blank line within, a total below, a row without a key and one without its date
    lines = _sheet(_plan("T1"), {**_plan("T2")}, _plan(None), _plan("T4", start=None), _plan("T5", start="soon"))
    lines[2:2] = [[None, "   ", "\u00a0"]]
    workbook(
        seven / "rows.xlsx", {"List_7": [["List 7: Child protection"], [], *lines, ["Total", None, None, None, 5]]}
    )
    # duplicates: exact twice, and conflicting in one sheet; the last row counts
    same, first, last = (
        _plan("X1", visit=date(2022, 10, 20)),
        _plan("X2", visit=date(2022, 10, 5)),
        _plan("X2", visit=date(2022, 10, 20)),
    )
    workbook(seven / "twice.xlsx", {"Anything": _sheet(same, same, first, last)})
    workbook(seven / "macros.xlsm", {"List 7": _sheet(_plan("XLSM"))})
    # the same bytes elsewhere
    copy = (seven / "twice.xlsx").read_bytes()
    text(inbox / "zz copy" / "again.xlsx", copy)
    text(inbox / "zz copy" / "delivery.toml", DATED)
    # one bad sheet beside good ones: no start date heading in List 7, and notes that are no list
    bad = [
        [cell for i, cell in enumerate(line) if i != _place("start") - 1] for line in _sheet(_plan("B1"), _plan("B2"))
    ]
    care = rows("List 8", [{"id": "L1", "start": date(2020, 1, 1), "check": date(2022, 5, 1)}])
    notes = [["Please read"], ["Ask Ann about this sheet"]]
    workbook(inbox / "mixed" / "mixed.xlsx", {"Front": notes, "List 7": bad, "List 8": care})
    text(inbox / "mixed" / "delivery.toml", DATED)
    # without a sidecar: dated by its latest event, not by a birth to come nor by a year to come
    referrals = [{"id": "F1", "on": date(2022, 11, 2), "dob": date(2022, 12, 24)}, {"id": "F2", "on": date(2099, 1, 1)}]
    annex_a(inbox / "undated" / "referrals.xlsx", None, {"List 3": referrals})
    # speaks for one file, and a folder whose sidecar does not parse
    annex_a(inbox / "one" / "one.xlsx", "2022-11-01", {"List 6": [{"id": "Z1", "start": START}]})
    annex_a(inbox / "broken" / "deep" / "four.xlsx", None, {"List 4": [{"id": "Z2", "start": START}]})
    text(inbox / "broken" / "delivery.toml", "extracted_on = next week\n")
    # what is no delivery of ours
    text(inbox / "odd" / "notes.txt", "nothing to see")
    text(inbox / "odd" / "letters.csv", "dear,sir\nyours,truly\n")
    text(inbox / "odd" / "census.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    text(inbox / "odd" / "broken.xlsx", b"PK\x03\x04 not a workbook")
    text(inbox / "odd" / "empty.csv", b"")
    text(inbox / "odd" / "~$rows.xlsx", b"\x08someone")
    (inbox / "odd" / "link.xlsx").symlink_to(seven / "rows.xlsx")
    os.mkfifo(inbox / "odd" / "pipe.csv")
    counts = [
        ["PP1", "NRTH ", "31/10/2022", "child", "2", "3", "Ann", "2022-11-01", "own_list", ""],
        ["PP1", "South", D, "child", "two", "3", "Ann", "2022-11-01", "own_list", ""],
        ["PP1", "South", "", "child", "2", "3", "Ann", "2022-11-01", "own_list", ""],
        ["PP1", "South", D, "child", "2", "3", "Ann", "2022-11-01", "guesswork", ""],
    ]
    table(
        inbox / "counts" / "counts.csv", [[name.replace("_", " ").title() for name in COUNTS], *counts], delimiter=";"
    )
    listed = ["PP1", "South", D, "N1", "no", "yes", "", "Ann", "2022-11-01", ""]
    lists = [
        [
            "indicator_id",
            "team",
            "as_at",
            "case_id",
            "in_denominator",
            "in_numerator",
            "event_date",
            "counted_by",
            "counted_at",
            "note",
        ]
    ]
    table(inbox / "counts" / "lists.csv", [*lists, listed])


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Said, Export, Export]]:
    """The inbox run twice; after each run, everything exported. Between them a file came, one changed and one was copied."""
    world = World(tmp_path_factory.mktemp("deliveries"))
    _deliver(world)
    said = world.run(D)
    assert said.code == 0, said
    first = world.export()
    workbook(world.inbox / "seven" / "macros.xlsm", {"List 7": _sheet(_plan("XLSM", visit=date(2022, 10, 20)))})
    later = [_plan(child, visit=date(2022, 10, 6)) for child in ("X1", "X2")]
    workbook(world.inbox / "seven" / "later.xlsx", {"List 7": _sheet(*later)})
    again = world.run(D)
    assert again.code == 0, again
    yield world, said, first, world.export()


@pytest.fixture(scope="module")
def out(ran: tuple[World, Said, Export, Export]) -> Export:
    """What the first run exported."""
    return ran[2]


def receipt(out: Export, file: str, contract: str | None = None) -> dict[str, str]:
    """The one receipt of a file (and contract)."""
    return out.one("deliveries", file=file, **({} if contract is None else {"contract": contract}))


def numbers(row: dict[str, str]) -> tuple[int, int, int, int]:
    """Rows in, loaded, rejected, ignored."""
    return tuple(int(row[f"rows_{part}"]) for part in ("in", "loaded", "rejected", "ignored"))  # type: ignore[return-value]


def test_rows_in_are_loaded_or_rejected_or_ignored_always(ran: tuple[World, Said, Export, Export]) -> None:
    for out in ran[2:]:
        for row in out.tables["deliveries"]:
            came, loaded, rejected, ignored = numbers(row)
            assert came == loaded + rejected + ignored, row
            assert (
                rejected == len(out.rows("rejects", delivery_id=row["delivery_id"])) or row["status"] == "rejected"
            ), row


def test_every_file_has_its_row_and_nothing_else_has(out: Export) -> None:
    seven = {"cells.xlsx", "sixteen.csv", "windows.csv", "mark.csv", "rows.xlsx", "twice.xlsx", "macros.xlsm"}
    odd = {"notes.txt", "letters.csv", "census.xml", "broken.xlsx", "empty.csv", "link.xlsx"}
    expected = {f"seven/{name}" for name in seven} | {f"odd/{name}" for name in odd}
    expected |= {
        "zz copy/again.xlsx",
        "mixed/mixed.xlsx",
        "undated/referrals.xlsx",
        "one/one.xlsx",
        "broken/deep/four.xlsx",
    }
    expected |= {"counts/counts.csv", "counts/lists.csv"}
    assert {row["file"] for row in out.tables["deliveries"]} == expected


@pytest.mark.parametrize("name", ["notes.txt", "letters.csv", "census.xml", "broken.xlsx", "empty.csv", "link.xlsx"])
def test_what_fits_no_layout_is_refused_with_a_plain_reason(out: Export, name: str) -> None:
    row = receipt(out, f"odd/{name}")
    assert (row["contract"], row["status"]) == ("", "rejected")
    assert len(row["reason"].split()) > 3 and "Traceback" not in row["reason"]


def test_a_link_is_never_followed_and_a_doctype_never_read(out: Export) -> None:
    assert "link" in receipt(out, "odd/link.xlsx")["reason"].lower() and numbers(receipt(out, "odd/link.xlsx")) == (
        0,
        0,
        0,
        0,
    )
    assert "doctype" in receipt(out, "odd/census.xml")["reason"].lower()


def test_encodings_delimiters_titles_and_macros_load(out: Export) -> None:
    for name, count in {"sixteen.csv": 2, "windows.csv": 1, "mark.csv": 1, "macros.xlsm": 1}.items():
        row = receipt(out, f"seven/{name}")
        assert (row["contract"], row["status"], numbers(row)) == ("annex_a.list_07", "loaded", (count, count, 0, 0)), (
            row
        )
    workers = {row["case_id"]: row["worker"] for row in out.rows("members", indicator_id="PP0")}
    assert workers["U1"] == "Zoë Ångström" and workers["W1"].replace("\u00a0", " ") == "Renée O’Neil"
    assert {"U1", "U2", "W1", "M1", "XLSM"} <= set(workers)


def test_rows_below_the_heading_are_accounted_for(out: Export) -> None:
    row = receipt(out, "seven/rows.xlsx")
    assert (row["status"], numbers(row)) == ("loaded_with_rejects", (6, 2, 3, 1))
    found = {(one["source_row"], one["column"]) for one in out.rows("rejects", file="seven/rows.xlsx")}
    assert found == {
        ("List_7!7", SEVEN["id"]), ("List_7!8", SEVEN["start"]), ("List_7!9", SEVEN["start"]),
    }  # fmt: skip
    assert {"T1", "T2"} <= set(out.states("PP0")) and out.states("PP0")["T4"] == "not_countable"


def test_duplicates_load_and_are_warned_of_and_the_last_row_counts(out: Export) -> None:
    assert numbers(receipt(out, "seven/twice.xlsx")) == (4, 4, 0, 0)
    assert out.states("PP1")["X1"] == "met" and out.states("PP1")["X2"] == "met"
    warned = {
        row["source_row"]
        for row in out.rows("failures", severity="warning")
        if row["source_row"].startswith("Anything!")
    }
    assert warned & {"Anything!2", "Anything!3"} and warned & {"Anything!4", "Anything!5"}


def test_the_same_bytes_elsewhere_are_one_row_and_all_ignored(out: Export) -> None:
    row = receipt(out, "zz copy/again.xlsx")
    assert row["status"] == "duplicate" and numbers(row) == (4, 0, 0, 4)
    assert receipt(out, "seven/twice.xlsx")["sha256"] == row["sha256"]


def test_one_bad_sheet_stops_no_other_and_its_rows_are_counted(out: Export) -> None:
    bad, good = receipt(out, "mixed/mixed.xlsx", "annex_a.list_07"), receipt(out, "mixed/mixed.xlsx", "annex_a.list_08")
    assert bad["status"] == "rejected" and SEVEN["start"] in bad["reason"] and numbers(bad)[0] == 2
    assert (good["status"], numbers(good)) == ("loaded", (1, 1, 0, 0)) and out.states("LA0") == {"L1": "met"}
    assert "B1" not in out.states("PP0")


def test_a_delivery_with_a_bad_sheet_is_not_complete(out: Export) -> None:
    assert out.metric("PP0")["status"] == "withheld", out.metric("PP0")["status_reason"]


def test_without_a_sidecar_the_latest_event_dates_the_extract(out: Export) -> None:
    row = receipt(out, "undated/referrals.xlsx")
    assert (row["extracted_on"], row["extracted_on_inferred"], row["authority"]) == ("2022-11-02", "true", "E1")
    assert out.metric("FD5")["status"] == "provisional"


def test_a_sidecar_speaks_for_a_file_or_a_folder_and_a_broken_one_refuses(out: Export) -> None:
    assert (receipt(out, "one/one.xlsx")["extracted_on"], receipt(out, "one/one.xlsx")["extracted_on_inferred"]) == (
        "2022-11-01",
        "false",
    )
    assert receipt(out, "seven/cells.xlsx")["extracted_on"] == "2022-11-02"
    row = receipt(out, "broken/deep/four.xlsx")
    assert row["status"] == "rejected" and "delivery.toml" in row["reason"]
    assert out.metric("AS3")["status"] == "withheld" and not out.states("AS3")


CELLS = {
    "C1": "unusable", "C2": "unusable", "C3": "met", "C4": "met", "1234": "met", "AB12": "met", "0077": "met", "55": "met",
    "C9": "unusable", "C10": "not_met", "C11": "not_met", "C13": "met", "C14": "not_countable",
}  # fmt: skip


@pytest.mark.parametrize("child", CELLS)
def test_a_cell_counts_for_what_a_spreadsheet_shows(out: Export, child: str) -> None:
    assert out.states("PP1").get(child) == CELLS[child]


def test_an_unreadable_cell_fails_by_itself_and_its_row_loads(out: Export) -> None:
    row = receipt(out, "seven/cells.xlsx")
    assert (row["status"], numbers(row)) == ("loaded_with_rejects", (15, 14, 1, 0))
    assert {(r["source_row"], r["column"]) for r in out.rows("rejects", file="seven/cells.xlsx")} == {
        ("List 7!13", SEVEN["id"])
    }
    failed = {(r["source_row"], r["column"]) for r in out.rows("failures", delivery_id=row["delivery_id"])}
    assert {("List 7!2", SEVEN["visit"]), ("List 7!3", SEVEN["visit"]), ("List 7!4", SEVEN["worker"])} <= failed


def test_a_team_is_one_however_it_is_spelt(out: Export) -> None:
    assert out.one("members", indicator_id="PP0", case_id="C13")["team"] == "North"
    assert out.share("PP1", "North", "manual") == "2/3"


def test_counts_that_cannot_be_used_are_rejected_at_their_cell(out: Export) -> None:
    found = {(row["source_row"], row["column"]) for row in out.rows("rejects", file="counts/counts.csv")}
    assert ("4", "as_at") in found and ("2", "numerator") not in found
    assert numbers(receipt(out, "counts/counts.csv"))[0] == 4
    listed = out.rows("rejects", file="counts/lists.csv")
    assert [row["source_row"] for row in listed] == ["2"] and "denominator" in listed[0]["reason"] + listed[0]["column"]


def test_no_name_or_id_stands_in_a_reason(out: Export) -> None:
    for name in ("deliveries", "rejects"):
        for row in out.tables[name]:
            assert not any(word in row["reason"] for word in ("Renée", "Zoë", "T4", "T5", "C14", "soon", "someone")), (
                row
            )


def test_the_same_file_again_is_the_same_delivery(ran: tuple[World, Said, Export, Export]) -> None:
    _, _, first, second = ran
    before = {row["delivery_id"]: row for row in first.tables["deliveries"]}
    after = {row["delivery_id"]: row for row in second.tables["deliveries"]}
    assert {key: after[key] for key in before} == before
    assert sorted(row["file"] for key, row in after.items() if key not in before) == [
        "seven/later.xlsx",
        "seven/macros.xlsm",
    ]


def test_of_conflicting_duplicates_the_newest_deliverys_row_counts(ran: tuple[World, Said, Export, Export]) -> None:
    out = ran[3]
    assert out.states("PP1")["XLSM"] == "met" and out.states("PP1")["X2"] == "not_met"
    assert out.metric("PP1")["revision"] == "2" and out.metric("LA0")["revision"] == "1"


def test_the_run_says_what_was_refused_and_a_log_is_told_no_files_name(ran: tuple[World, Said, Export, Export]) -> None:
    said, out = ran[1], ran[2]
    for file in ("odd/link.xlsx", "odd/census.xml", "broken/deep/four.xlsx"):
        assert receipt(out, file)["delivery_id"] in said.text, said.out
        assert file not in said.text, "a file's name can be a child's, and this is no terminal"


def test_validate_says_what_a_file_is_and_loads_nothing(ran: tuple[World, Said, Export, Export]) -> None:
    world = ran[0]
    said = countermark(
        "validate",
        world.inbox / "seven" / "rows.xlsx",
        world.inbox / "mixed" / "mixed.xlsx",
        world.inbox / "odd" / "notes.txt",
    )
    assert said.code in (0, 1)
    for words in ("rows.xlsx", "List 7", "List_7", "mixed.xlsx", SEVEN["start"], "notes.txt"):
        assert words in said.text, (words, said.text)
    assert any(place in said.text for place in ("row 7", "!7", "A7")), said.text
    assert "Traceback" not in said.text and "soon" not in said.text
