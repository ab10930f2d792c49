"""Holds the trackers to account: each layout is known by its headings alone and taken for no other, also as a manager's own sheet; its
template is what the contract says, and neither its guide nor an older state of it is misread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from countermark.contracts.catalogue import SHIPPED
from countermark.contracts.model import Contract
from countermark.readers.child import Request, read_file
from countermark.readers.headings import Match, find_header, layout_of, version_of
from countermark.reconcile.members import FACTS, Position, look_at
from countermark.templates import TemplateError, find, listed, names, sheet_name, write_template
from countermark.warehouse.conform import create_tables
from countermark.warehouse.connect import connect
from expectations.violations import evaluate
from tests.examples.typed_world import AUTHORITY, fill, world
from tests.intake_kit import TEAMS, catalogue, desk, text_file

CATALOGUE = catalogue()
LAYOUTS = [layout_of(contract) for contract in CATALOGUE.contracts.values()]
TRACKERS = [contract for contract in CATALOGUE.contracts.values() if contract.family == "trackers"]
TEMPLATES = names(CATALOGUE)
ANY_SHEET = "Sheet1"
ASKED_FOR = (
    "actions audits challenges cin_reviews contacts core_groups court_timetable early_help family_assessments family_meetings iro_disputes "
    "management_looks minutes placed_with_parents pre_proceedings priority_actions regulation_24 safety_plans strategy_discussions "
    "supervision visits"
)
CENSUS = (
    "PPStartDate LBPSentDate FGDMMeetingOffer FGDMMeetingFac InitialPPMeetingDate ReviewMeetingsCount StepDecisionDate PPOutcome "
    "CourtAppDate LetterInitCPDate"
)


def match(headings: Sequence[str]) -> Match | None:
    return find_header([headings], LAYOUTS, ANY_SHEET)


def headings_of(contract: Contract) -> list[str]:
    return [column.header for column in contract.columns.values()]


def spellings(contract: Contract) -> Iterator[list[str]]:
    """The heading row of a tracker, once for every other spelling of one of its headings."""
    plain = headings_of(contract)
    for place, column in enumerate(contract.columns.values()):
        for alias in column.aliases:
            yield [*plain[:place], alias, *plain[place + 1 :]]


def own_sheets(contract: Contract) -> Iterator[list[str]]:
    """What a manager's own sheet has at the least: the needed headings, each spelling of each among the standard ones of the others."""
    needed = [column for column in contract.columns.values() if column.must_have]
    for place, column in enumerate(needed):
        for alias in (column.header, *column.aliases):
            yield [alias if other == place else one.header for other, one in enumerate(needed)]


def test_there_is_a_tracker_for_each_record_that_no_return_holds() -> None:
    assert [contract.id.removeprefix("trackers.") for contract in TRACKERS] == ASKED_FOR.split()
    assert set(CENSUS.split()) <= set(headings_of(CATALOGUE.contracts["trackers.pre_proceedings"]))


@pytest.mark.parametrize("contract", CATALOGUE.contracts.values(), ids=lambda contract: contract.id)
def test_every_heading_row_is_known_as_itself(contract: Contract) -> None:
    found = match(headings_of(contract))
    assert found is not None and (found.layout.id, found.fits) == (contract.id, True), found
    assert list(found.places) == list(contract.columns)


@pytest.mark.parametrize("contract", TRACKERS, ids=lambda contract: contract.id)
def test_every_spelling_of_a_trackers_headings_is_known_as_that_column(contract: Contract) -> None:
    for headings in spellings(contract):
        found = match(headings)
        assert found is not None and (found.layout.id, found.fits) == (contract.id, True), headings
        assert list(found.places) == list(contract.columns), headings


@pytest.mark.parametrize("contract", TRACKERS, ids=lambda contract: contract.id)
def test_a_managers_own_sheet_is_known_by_the_needed_headings_among_others(contract: Contract) -> None:
    for headings in own_sheets(contract):
        found = match(["Name", *headings, "Comments", "RAG?"])
        assert found is not None and (found.layout.id, found.fits) == (contract.id, True), headings


@pytest.mark.parametrize("tracker", TRACKERS, ids=lambda contract: contract.id)
def test_no_other_layouts_headings_make_a_tracker_complete(tracker: Contract) -> None:
    """Whatever of its headings another layout's sheet has, one that the tracker needs is not among them."""
    mine = layout_of(tracker)
    needed = [{heading for heading, column in mine.headings.items() if column == name} for name in mine.must_have]
    for other in LAYOUTS:
        if other.id != tracker.id:
            assert [1 for spelled in needed if not spelled & other.headings.keys()], f"{other.id} could be {tracker.id}"


def test_a_sheet_that_could_be_two_things_is_neither() -> None:
    needed = [
        column.header
        for name in ("visits", "core_groups")
        for column in _tracker(name).columns.values()
        if column.must_have
    ]
    found = match([*dict.fromkeys(needed)])
    assert found is not None and not found.fits
    assert {found.layout.title, found.rival} == {"Tracker: visits", "Tracker: core groups"}
    by_name = find_header([[*dict.fromkeys(needed)]], LAYOUTS, "Our visits")
    assert by_name is not None and (by_name.layout.id, by_name.fits) == ("trackers.visits", True)


def _tracker(name: str) -> Contract:
    return CATALOGUE.contracts[f"trackers.{name}"]


def test_templates_are_found_by_their_shortest_name_and_listed() -> None:
    assert [find(name, CATALOGUE).id for name in ("visits", "trackers.visits", " Visits ")] == ["trackers.visits"] * 3
    assert "visits: Tracker: visits" in listed(CATALOGUE) and len(listed(CATALOGUE)) == len(TEMPLATES)
    with pytest.raises(TemplateError, match=r"There is no template annex_a\.list_07: choose one of .*visits"):
        find("annex_a.list_07", CATALOGUE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("templates")
    return {name: write_template(name, folder / f"{name}.xlsx", CATALOGUE) for name in TEMPLATES}


def test_an_empty_template_is_its_layout_without_a_row_and_its_guide_is_read_as_nothing(
    written: dict[str, Path], tmp_path: Path
) -> None:
    for name, path in written.items():
        found = read_file(Request(path, str(tmp_path / "rows")), LAYOUTS)
        assert [(s["contract"], s["state"], s["rows_in"]) for s in found["sheets"]] == [(name, "empty", 0)], name


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_what_its_contract_says(written: dict[str, Path], name: str) -> None:
    contract = CATALOGUE.contracts[name]
    sheet, guide, choices = openpyxl.load_workbook(written[name]).worksheets
    assert (sheet.title, guide.title, choices.sheet_state) == (sheet_name(contract), "Guide", "hidden")
    assert [cell.value for cell in sheet[1]] == headings_of(contract)
    assert all(cell.comment is not None and cell.protection.locked for cell in sheet[1])
    assert [cell.value for cell in guide["A"][1:]] == [f"“{heading}”" for heading in headings_of(contract)]
    assert [cell.value for cell in guide["D"][1:] if cell.value], "an example stands beside the headings"
    assert choices["A1"].value == f"{name} version {version_of(contract)}"
    allowed = sheet.protection
    assert (allowed.sheet, allowed.password) == (True, None) and choices.protection.sheet
    assert not any((allowed.insertRows, allowed.deleteRows, allowed.sort, allowed.autoFilter)), "False is: allowed"
    assert allowed.deleteColumns and allowed.insertColumns
    for place, column in enumerate(contract.columns.values(), start=1):
        (style,) = [one for one in sheet.column_dimensions.values() if (one.min or 0) <= place <= (one.max or 0)]
        assert not style.protection.locked
        if column.type == "date":
            assert style.number_format == "dd/mm/yyyy", column.header


@pytest.mark.parametrize("contract", TRACKERS, ids=lambda contract: contract.id)
def test_drop_downs_offer_every_code_in_words_that_mean_it(written: dict[str, Path], contract: Contract) -> None:
    sheet, _, choices = openpyxl.load_workbook(written[contract.id]).worksheets
    rules = {str(rule.sqref).split("2:")[0]: rule for rule in sheet.data_validations.dataValidation}
    for place, column in enumerate(contract.columns.values(), start=1):
        letter = get_column_letter(place)
        wanted = {"date": "date", "code": "list", "integer": "whole"}.get(column.type)
        assert (rules[letter].type if letter in rules else None) == wanted, column.header
        if column.type == "code":
            codes = CATALOGUE.code_sets[column.code_set].codes
            assert [cell.value for cell in choices[letter][1:] if cell.value] == [code.label for code in codes]


def test_a_filled_template_of_an_older_state_loads_and_its_receipt_says_so(tmp_path: Path) -> None:
    with desk(tmp_path, "trackers.visits", "manual_counts", "manual_lists", "manual_prefilled") as at:
        text_file(at.inbox / "authority.toml", TEAMS)
        for name, older in (("new.xlsx", False), ("old.xlsx", True)):
            path = write_template("visits", at.inbox / name, CATALOGUE)
            book = openpyxl.load_workbook(path)
            sheet = book.worksheets[0]
            sheet["A2"], sheet["B2"], sheet["C2"] = "C1", date(2022, 10, 3), "Child protection"
            if older:
                sheet["A2"] = "C2"
                sheet.delete_cols([cell.value for cell in sheet[1]].index("Form") + 1)
                book.worksheets[2]["A1"] = "trackers.visits version 0123abcd"
            book.save(path)
        at.run("E1")
        new, old = (at.receipt(name, "trackers.visits") for name in ("new.xlsx", "old.xlsx"))
        assert (new.status, new.rows_loaded, new.reason) == ("loaded", 1, "")
        assert (old.status, old.rows_loaded) == ("loaded", 1)
        assert "older template" in old.reason and "“Form”" in old.reason and "Child Seen" not in old.reason
        assert at.typed("child_id, visit_date, visit_type, form", "trackers.visits") == [
            ("C1", date(2022, 10, 3), "cp", None),
            ("C2", date(2022, 10, 3), "cp", None),
        ]


def test_checks_look_at_the_newest_sheet_of_each_team() -> None:
    con = world()
    sheets = [
        ("North", "2022-10-01", "C1"),
        ("North", "2022-11-01", "C2"),
        ("South", "2022-09-01", "C3"),
        (None, "2022-08-01", "C4"),
    ]
    rows = [
        {"child_id": child, "visit_date": "2022-08-01", "visit_status": "finalised", "team": team, "extracted_on": day}
        for team, day, child in sheets
    ]
    fill(con, _tracker("visits"), rows)
    rule = next(rule for rule in CATALOGUE.rules if rule.code == "CM-T01-010")
    evaluate(con, replace(CATALOGUE, rules=(rule,)), AUTHORITY)
    found = con.execute("select child_id from facts.failures order by all").fetchall()
    assert found == [("C2",), ("C3",), ("C4",)]


def test_the_page_for_managers_names_every_tracker_and_what_it_needs() -> None:
    page = (SHIPPED / "docs" / "trackers.md").read_text(encoding="utf-8")
    for contract in TRACKERS:
        name = contract.id.removeprefix("trackers.")
        (needed,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` | ") and line.count("|") == 3]
        assert f"| `{name}` | a" in page or f"| `{name}` | the" in page or f"| `{name}` | superv" in page, name
        assert [c.header for c in contract.columns.values() if c.must_have and c.header not in needed] == [], name


def test_of_a_table_that_shows_one_extract_each_teams_newest_tracker_is_read() -> None:
    position = Position("X", date(2022, 11, 30))
    reads = CATALOGUE.indicators["PP1"].model_copy(update={"reads": ("early_help_episodes",)})
    known = replace(CATALOGUE, indicators={"PP1": reads})
    with connect(None, known.sql) as con:
        create_tables(con, known)
        con.execute(FACTS)
        for contract, day in (("trackers.early_help", "2022-11-01"), ("annex_a.list_02", "2022-11-02")):
            con.execute("insert into facts.basis values ('X', '2022-11-30', 'now', ?, ?)", [contract, day])
            con.execute("insert into facts.sources values ('X', '2022-11-30', 'early_help_episodes', ?)", [contract])
        rows = [
            ("trackers.early_help", "2022-10-01", "East", "old"),
            ("trackers.early_help", "2022-11-01", "East", "new"),
            ("trackers.early_help", "2022-09-01", "West", "of another day"),
            ("trackers.early_help", "2022-12-01", "West", "not yet told"),
            ("annex_a.list_02", "2022-10-01", None, "an extract before"),
            ("annex_a.list_02", "2022-11-02", None, "an extract"),
        ]
        con.executemany(
            "insert into conformed.early_help_episodes (authority, contract, extracted_on, team, person_id) values ('X', ?, ?, ?, ?)",
            rows,
        )
        look_at(con, known, position, "now")
        found = con.execute("select person_id from early_help_episodes order by all").fetchall()
    assert found == [("an extract",), ("new",), ("of another day",)]
