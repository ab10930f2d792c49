"""Holds intake to account, sentence by sentence of the contract: cells, rows, files, and that every row is accounted for."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from countermark.warehouse import raw
from countermark.warehouse.published import COMPARATOR
from countermark.warehouse.typed import create_typed, delivered
from tests.intake_kit import LIST_7, Desk, age, catalogue, csv_file, desk, headers, plan, row, text_file, workbook

DAY = date(2022, 10, 20)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as found:
        yield found


def counts(at: Desk, file: str, contract: str = LIST_7) -> tuple[str, int, int, int, int]:
    r = at.receipt(file, contract)
    return r.status, r.rows_in, r.rows_loaded, r.rows_rejected, r.rows_ignored


def test_a_workbook_goes_from_the_inbox_to_typed_rows(at: Desk) -> None:
    rows = [
        plan("c1", date(2022, 6, 1), date_of_birth=date(2015, 2, 3), gender="b) Female", age_of_child_years=7.0),
        plan(
            1002.0,
            "01/07/2022",
            date_of_the_last_statutory_visit=datetime(2022, 10, 20, 16, 5),
            was_the_child_seen_alone="Y",
        ),
        plan("0010", "2022-08-01", gender="Martian", date_of_the_last_statutory_visit="10/31/2022"),
    ]
    workbook(at.inbox / "any" / "thing.xlsx", {"Front": [["Hello"]], "List 7": [["List 7"], headers(), *rows]})
    summary = at.run()
    assert [r.file for r in summary.receipts] == ["any/thing.xlsx"]
    assert counts(at, "any/thing.xlsx") == ("loaded", 3, 3, 0, 0)
    columns = "child_unique_id, child_protection_plan_start_date, date_of_the_last_statutory_visit, gender, source_row, team, worker"
    assert at.typed(columns) == [
        ("C1", date(2022, 6, 1), None, "female", "List 7!3", "North", None),
        ("1002", date(2022, 7, 1), DAY, None, "List 7!4", "North", None),
        ("0010", date(2022, 8, 1), None, None, "List 7!5", "North", None),
    ]
    unusable = (
        "date_of_the_last_statutory_visit_unusable, gender_unusable, was_the_child_seen_alone, authority, extracted_on"
    )
    assert at.typed(unusable) == [
        (False, False, None, "E1", DAY), (False, False, "yes", "E1", DAY), (True, True, None, "E1", DAY),
    ]  # fmt: skip


def test_text_files_load_whatever_they_are_called_and_rows_are_named_by_line(at: Desk) -> None:
    csv_file(at.inbox / "notes.txt", [headers(), plan("1", "2022-06-01"), plan("2", "01/06/2022")], ";", "utf-16")
    at.run()
    assert counts(at, "notes.txt") == ("loaded", 2, 2, 0, 0)
    assert at.typed("source_row") == [("2",), ("3",)]


def test_rows_without_a_usable_key_or_required_date_are_rejected_with_their_place(at: Desk) -> None:
    bad = [
        plan(None),
        plan("2", None),
        plan("3", "06/31/2022"),
        plan("4", 44713.0),
        plan("#N/A"),
        plan("5", date(1900, 1, 1)),
    ]
    workbook(at.inbox / "a.xlsx", {"List 7": [headers(), plan("1"), *bad]})
    at.run()
    assert counts(at, "a.xlsx") == ("loaded_with_rejects", 7, 1, 6, 0)
    found = at.rejects()
    start = "Child Protection Plan Start Date"
    assert [(place, column) for place, column, _ in found] == [
        ("List 7!3", "Child Unique ID"), ("List 7!4", start), ("List 7!5", start), ("List 7!6", start),
        ("List 7!7", "Child Unique ID"), ("List 7!8", start),
    ]  # fmt: skip
    assert "blank" in found[0][2] and "no date that can be used" in found[2][2] and "error" in found[4][2]


def test_an_unreadable_optional_cell_fails_and_its_row_loads(at: Desk) -> None:
    rows = [plan("1", date_of_the_last_statutory_visit="#N/A", allocated_worker="#REF!"), plan("2")]
    workbook(at.inbox / "a.xlsx", {"List 7": [headers(), *rows]})
    at.run()
    assert counts(at, "a.xlsx")[0] == "loaded"
    assert at.typed("date_of_the_last_statutory_visit_unusable, worker") == [(True, None), (False, None)]
    assert at.con.execute("select unreadable from raw.annex_a_list_07 order by row_number").fetchall() == [
        (["date_of_the_last_statutory_visit", "allocated_worker"],), (None,),
    ]  # fmt: skip


def test_the_same_bytes_at_the_same_path_are_the_same_delivery_and_elsewhere_a_duplicate(at: Desk) -> None:
    workbook(at.inbox / "b.xlsx", {"List 7": [headers(), plan("1"), plan("2"), ["Total", 2.0]]})
    shutil.copy2(at.inbox / "b.xlsx", at.inbox / "a.xlsx")
    at.run()
    first = at.receipts()
    assert counts(at, "a.xlsx") == ("loaded", 3, 2, 0, 1)
    assert counts(at, "b.xlsx") == ("duplicate", 3, 0, 0, 3)
    shutil.copy2(at.inbox / "b.xlsx", at.inbox / "c.xlsx")
    again = at.run()
    assert [(r.file, r.status, r.rows_in, r.rows_ignored) for r in again.receipts] == [("c.xlsx", "duplicate", 3, 3)]
    assert again.known == 2
    assert {key: r for key, r in at.receipts().items() if key[0] != "c.xlsx"} == first
    assert len(at.typed("source_row")) == 2


def test_of_the_same_bytes_the_first_by_path_counts_whichever_came_first(at: Desk) -> None:
    workbook(at.inbox / "b.xlsx", {"List 7": [headers(), plan("1"), plan("2"), ["Total", 2.0]]})
    at.run()
    shutil.copy2(at.inbox / "b.xlsx", at.inbox / "a.xlsx")
    at.run()
    create_typed(at.con, catalogue(), at.ledger)
    assert (counts(at, "a.xlsx"), counts(at, "b.xlsx")) == (("loaded", 3, 2, 0, 1), ("duplicate", 3, 0, 0, 3))
    assert at.receipt("b.xlsx").reason == "The same file as a.xlsx, which counts."
    assert at.typed("delivery_id") == [(at.receipt("a.xlsx").delivery_id,)] * 2


def test_what_was_taken_back_goes_with_every_copy_and_counts_when_it_is_handed_in_again(at: Desk) -> None:
    workbook(at.inbox / "b.xlsx", {"List 7": [headers(), plan("1")]})
    at.run()
    shutil.copy2(at.inbox / "b.xlsx", at.inbox / "c.xlsx")
    at.run()
    at.ledger.withdraw(at.receipt("b.xlsx").delivery_id, "the wrong month", "A. Officer")
    create_typed(at.con, catalogue(), at.ledger)
    assert at.typed("1") == [] and "was taken back" in at.receipt("c.xlsx").reason
    shutil.copy2(at.inbox / "b.xlsx", at.inbox / "a.xlsx")
    at.run()
    create_typed(at.con, catalogue(), at.ledger)
    assert [at.receipt(f"{name}.xlsx").status for name in "abc"] == ["loaded", "withdrawn", "duplicate"]
    assert at.typed("delivery_id") == [(at.receipt("a.xlsx").delivery_id,)]


def test_a_bad_sheet_does_not_stop_the_others_and_the_file_is_not_complete(at: Desk) -> None:
    eight = headers("annex_a.list_08")
    without = [h for h in eight if h != "Date Started to be Looked After"]
    doubled = [*headers("annex_a.list_03"), "Date of  referral "]
    sheets = {
        "List 7": [headers(), plan("1")],
        "List_8": [without, ["1"], ["2"], [" "]],
        "List 3": [doubled, ["1"]],
        "List 6": [headers("annex_a.list_06")],
    }
    workbook(at.inbox / "a.xlsx", sheets)
    at.run()
    assert counts(at, "a.xlsx")[0] == "loaded" and not at.receipt("a.xlsx").file_complete
    assert counts(at, "a.xlsx", "annex_a.list_08") == ("rejected", 2, 0, 2, 0)
    assert "“Date Started to be Looked After”" in at.receipt("a.xlsx", "annex_a.list_08").reason
    assert counts(at, "a.xlsx", "annex_a.list_03") == ("rejected", 1, 0, 1, 0)
    assert "List 3!F1 and List 3!L1" in at.receipt("a.xlsx", "annex_a.list_03").reason
    assert counts(at, "a.xlsx", "annex_a.list_06") == ("rejected", 0, 0, 0, 0)
    assert "not taken as zero" in at.receipt("a.xlsx", "annex_a.list_06").reason
    assert [place for place, _, _ in at.rejects()] == ["List 3!2", "List_8!2", "List_8!3"]


def test_an_empty_list_leaves_the_other_sheets_complete(at: Desk) -> None:
    workbook(at.inbox / "a.xlsx", {"List 7": [headers(), plan("1")], "List 6": [headers("annex_a.list_06")]})
    at.run()
    assert at.receipt("a.xlsx").file_complete


def test_two_sheets_of_one_layout_load_under_one_receipt(at: Desk) -> None:
    workbook(at.inbox / "a.xlsx", {"North": [headers(), plan("1")], "South": [headers(), plan("2"), plan("1")]})
    at.run()
    assert counts(at, "a.xlsx") == ("loaded", 3, 3, 0, 0)
    assert at.typed("child_unique_id, source_row, is_counted") == [
        ("1", "North!2", False), ("2", "South!2", True), ("1", "South!3", True),
    ]  # fmt: skip


def test_of_one_key_in_one_extract_the_newest_deliverys_last_row_counts(at: Desk) -> None:
    text_file(at.inbox / "delivery.toml", "extracted_on = 2022-11-02")
    workbook(
        at.inbox / "a.xlsx",
        {"List 7": [headers(), plan("1"), plan("2"), plan("2", date(2022, 7, 1)), plan(None), plan(None)]},
    )
    at.run()
    counted = at.typed("child_unique_id, is_counted, reject_column is null")
    assert counted == [
        ("1", True, True),
        ("2", False, True),
        ("2", True, True),
        (None, True, False),
        (None, True, False),
    ]
    workbook(at.inbox / "0.xlsx", {"List 7": [headers(), plan("1", date(2022, 8, 1))]})
    at.run()
    assert at.typed("delivery_seq, is_counted", where="child_unique_id = '1'") == [(1, False), (2, True)]
    text_file(at.inbox / "delivery.toml", "extracted_on = 2022-11-16")
    workbook(at.inbox / "c.xlsx", {"List 7": [headers(), plan("1", date(2022, 9, 1))]})
    at.run()
    assert at.typed("delivery_seq, is_counted", where="child_unique_id = '1'") == [(1, False), (2, True), (3, True)]
    assert at.con.execute("select extracted_on from typed.extracts order by all").fetchall() == [
        (date(2022, 11, 2),), (date(2022, 11, 16),),
    ]  # fmt: skip


def test_a_file_of_which_no_row_can_be_used_is_rejected_and_every_row_says_why(at: Desk) -> None:
    workbook(at.inbox / "a.xlsx", {"List 7": [headers(), plan("1", None), plan("2", None)]})
    at.run()
    assert counts(at, "a.xlsx") == ("rejected", 2, 0, 2, 0)
    assert "each has its reason" in at.receipt("a.xlsx").reason
    assert len(at.rejects()) == 2 and at.typed("1") == []
    assert at.con.execute("select count(*) from typed.extracts").fetchone() == (0,)


def test_a_withdrawn_delivery_stays_in_raw_and_leaves_the_typed_rows(at: Desk) -> None:
    workbook(at.inbox / "a.xlsx", {"List 7": [headers(), plan("1")]})
    at.run()
    at.ledger.withdraw(at.receipt("a.xlsx").delivery_id, "wrong month", "A. Officer")
    create_typed(at.con, catalogue(), at.ledger)
    assert at.typed("1") == []
    assert at.con.execute("select count(*) from raw.annex_a_list_07").fetchone() == (1,)
    at.run()
    assert counts(at, "a.xlsx")[0] == "withdrawn"


def test_links_have_a_row_and_folders_pipes_and_lock_files_none(at: Desk, tmp_path: Path) -> None:
    outside = workbook(tmp_path / "outside" / "x.xlsx", {"List 7": [headers(), plan("1")]})
    (at.inbox / "link.xlsx").symlink_to(outside)
    (at.inbox / "folder link").symlink_to(outside.parent)
    (at.inbox / "loop").symlink_to(at.inbox)
    (at.inbox / "gone").symlink_to(tmp_path / "nothing")
    (at.inbox / "empty folder").mkdir()
    os.mkfifo(at.inbox / "pipe")
    text_file(at.inbox / "~$List 7.xlsx", "lock")
    text_file(at.inbox / "readme.md", "Hello")
    summary = at.run()
    assert sorted((r.file, r.contract, r.status) for r in summary.receipts) == [
        (name, "", "rejected") for name in ("folder link", "gone", "link.xlsx", "loop", "readme.md")
    ]
    assert "never followed" in at.receipt("link.xlsx", "").reason
    assert at.run().receipts == ()


def test_a_file_that_still_grows_is_taken_next_time(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv_file(at.inbox / "a.csv", [headers(), plan("1", "2022-06-01")])
    csv_file(at.inbox / "b.csv", [headers(), plan("2", "2022-06-01")])
    age(path, 0)

    def grow(seconds: float) -> None:
        with path.open("a") as file:
            file.write(",".join("" if c is None else str(c) for c in plan("9", "2022-06-01")) + "\n")

    monkeypatch.setattr("countermark.warehouse.inbox.time.sleep", grow)
    summary = at.run()
    assert (summary.growing, [r.file for r in summary.receipts]) == (("a.csv",), ["b.csv"])
    age(path)
    assert [(r.file, r.rows_loaded) for r in at.run().receipts] == [("a.csv", 2)]


def test_a_file_that_grows_while_it_is_read_is_taken_next_time(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from countermark.readers.process import Reader

    path = csv_file(at.inbox / "a.csv", [headers(), plan("1", "2022-06-01")])
    plain = Reader.read

    def read(self: Reader, kept: Path) -> object:
        with path.open("a") as file:
            file.write("2\n")
        return plain(self, kept)

    monkeypatch.setattr(Reader, "read", read)
    summary = at.run()
    assert (summary.growing, summary.receipts) == (("a.csv",), ())
    assert at.ledger.receipts() == []


def test_a_lost_warehouse_is_rebuilt_from_the_home_alone(at: Desk) -> None:
    workbook(
        at.inbox / "a.xlsx",
        {"List 7": [headers(), plan("1"), plan(None), ["Total", 1.0]], "List 8": [["Child Unique ID", "Gender"]]},
    )
    csv_file(at.inbox / "b.csv", [headers("annex_a.list_06"), row("annex_a.list_06", child_unique_id="1")])
    text_file(at.inbox / "c.csv", "nothing known")
    at.run()
    tables = [f"raw.{c.table}" for c in catalogue().contracts.values()] + [
        f"typed.{c.table}" for c in delivered(at.con, catalogue())
    ]
    tables += ["facts.rejects", "typed.receipts", "raw.taken", "raw.refused_rows"]

    def contents() -> dict[str, object]:
        return {table: at.con.execute(f"select * from {table} order by all").fetchall() for table in tables}

    before = contents()
    shutil.rmtree(at.inbox)
    assert raw.reload(at.home, catalogue(), at.ledger, at.con) == 2
    at.con.execute("drop schema typed cascade")
    at.con.execute("drop schema facts cascade")
    create_typed(at.con, catalogue(), at.ledger)
    assert contents() == before
    assert raw.mend(at.home, catalogue(), at.ledger, at.con) == 0


def test_a_run_that_ends_between_ledger_and_warehouse_leaves_nothing_amiss(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook(at.inbox / "a.xlsx", {"List 7": [headers(), plan("1")]})
    store = type(at.ledger).add_receipts

    def stop_before(self: object, new: object) -> object:
        raise KeyboardInterrupt

    def stop_after(self: object, new: object) -> object:
        store(self, new)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(type(at.ledger), "add_receipts", stop_before)
    with pytest.raises(KeyboardInterrupt):
        at.run()
    assert at.ledger.receipts() == []
    monkeypatch.setattr(type(at.ledger), "add_receipts", stop_after)
    with pytest.raises(KeyboardInterrupt):
        at.run()
    monkeypatch.setattr(type(at.ledger), "add_receipts", store)
    assert at.run().receipts == ()
    assert at.typed("child_unique_id") == [("1",)]


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX rights")
def test_the_home_keeps_the_bytes_for_its_owner_alone(at: Desk) -> None:
    path = workbook(at.inbox / "a.xlsx", {"List 7": [headers(), plan("1")]})
    at.run()
    kept = at.home.deliveries / at.receipt("a.xlsx").sha256
    assert kept.read_bytes() == path.read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(at.home.path.stat().st_mode) == 0o700
    assert list(at.home.tmp.glob("*")) == []


def test_a_delivery_id_is_of_the_file_and_contract(at: Desk) -> None:
    workbook(at.inbox / "a.xlsx", {"List 7": [headers(), plan("1")]})
    text_file(at.inbox / "b.txt", "nothing known")
    at.run()
    assert at.receipt("a.xlsx").delivery_id.endswith(f"-{LIST_7}")
    assert len(at.receipt("b.txt", "").delivery_id) == 10


def test_teams_without_an_authority_file_are_those_of_the_extracts(at: Desk) -> None:
    spellings = ["North East", "north  east ", "NORTH\u00a0EAST", "North East", "South", "south"]
    workbook(
        at.inbox / "a.xlsx",
        {"List 7": [headers(), *(plan(str(i), allocated_team=team) for i, team in enumerate(spellings))]},
    )
    at.run()
    assert [team for (team,) in at.typed("team")] == ["North East"] * 4 + ["South"] * 2


def test_a_published_table_is_told_as_one_and_a_list_with_its_headings_beside_stays_a_list(at: Desk) -> None:
    """Dropped in as downloaded it is no mistake of headings; a list that has a column of the same name is read as ever."""
    published = "time_period,time_identifier,geographic_level,new_la_code,At31_episodes,At31_episodes_rate"
    text_file(at.inbox / "b1_children_in_need.csv", f"{published}\n2022,Reporting year,National,,400,342.2\n")
    text_file(at.inbox / "like it.csv", "time_period,geographic_level\n2022,National\n")
    csv_file(at.inbox / "plans.csv", [[*headers(), "time_period", "geographic_level"], [*plan("c1"), "2022", "x"]])
    at.run()
    assert at.receipt("b1_children_in_need.csv", "").reason == COMPARATOR and "folder comparators" in COMPARATOR
    assert "headings of no known file layout" in at.receipt("like it.csv", "").reason
    assert counts(at, "plans.csv") == ("loaded", 1, 1, 0, 0)
