"""Holds the templates and `validate` to account: a template that is filled in loads, and every problem is named by its cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from countermark.templates import TemplateError, names, write_template
from countermark.validate import validate_files
from tests.intake_kit import COUNTS, LISTS, TEAMS, catalogue, csv_file, desk, headers, plan, text_file, workbook


@pytest.mark.parametrize("name", ["manual_counts", "manual_lists"])
def test_a_template_that_is_filled_in_loads(tmp_path: Path, name: str) -> None:
    with desk(tmp_path) as at:
        text_file(at.inbox / "authority.toml", TEAMS)
        path = write_template(name, at.inbox / "t.xlsx", catalogue())
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        filled = {
            "indicator_id": "PP1", "team": "North", "as_at": date(2022, 10, 31), "unit": "child", "numerator": 3, "denominator": 5,
            "case_id": "0010", "in_numerator": "Yes", "method": "own_list", "counted_by": "A Manager", "list_of": "denominator",
        }  # fmt: skip
        for cell in sheet[1]:
            assert cell.comment is not None
            sheet.cell(2, cell.column, filled.get(cell.value))
        book.save(path)
        at.run(None)
        receipt = at.receipt("t.xlsx", name)
        assert (receipt.status, receipt.rows_in, receipt.rows_loaded) == ("loaded", 1, 1), receipt.reason
        assert {file for file, _ in at.receipts()} == {"t.xlsx"}


def test_a_template_has_drop_downs_real_dates_a_frozen_header_and_a_hidden_version(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_template("manual_counts", tmp_path / "t.xlsx", catalogue()))
    sheet, _, choices = book.worksheets
    assert [cell.value for cell in sheet[1]][:10] == COUNTS
    assert (sheet.freeze_panes, choices.sheet_state) == ("A2", "hidden")
    assert "version" in choices["A1"].value
    assert [cell.value for cell in choices["A"][1:] if cell.value] == sorted(catalogue().indicators)
    kinds = {str(rule.sqref).split(":")[0]: rule.type for rule in sheet.data_validations.dataValidation}
    assert kinds == {"A2": "list", "C2": "date", "D2": "list", "E2": "whole", "F2": "whole", "H2": "date", "I2": "list"}
    assert sheet.column_dimensions["C"].number_format == "dd/mm/yyyy"


def test_an_empty_template_is_no_count(tmp_path: Path) -> None:
    (said,) = validate_files([write_template("manual_lists", tmp_path / "t.xlsx", catalogue())], catalogue())
    assert "would not load" in said and "not taken as zero" in said


def test_an_unknown_template_names_those_there_are(tmp_path: Path) -> None:
    assert {"manual_counts", "manual_lists", "trackers.visits"} <= set(names(catalogue()))
    with pytest.raises(TemplateError, match=r"manual_counts, manual_lists.* visits"):
        write_template("tracker", tmp_path / "t.xlsx", catalogue())


def test_validate_names_every_problem_by_its_cell_and_loads_nothing(tmp_path: Path) -> None:
    rows = [
        plan("1"), plan(None, gender="Male"), plan("3", "06/31/2022"), plan("4", gender="Martian", date_of_birth="12/31/2019"),
        plan("5", gender="Venusian", allocated_worker="#N/A", age_of_child_years="six"), ["Total", 4.0],
    ]  # fmt: skip
    path = workbook(tmp_path / "x.xlsx", {"List 7": [headers(), *rows]})
    before = sorted(tmp_path.rglob("*"))
    said = validate_files([path], catalogue())
    assert said[0].startswith("x.xlsx: Annex A List 7: Child protection, would load 3 of 6 rows, 1 of them totals")
    text = "\n".join(said[1:])
    for problem in (
        "Child Unique ID: The cell under “Child Unique ID” is blank and a row needs it: fill it in. (List 7!3)",
        "(List 7!4)",
        "Gender: a code that is not known; use one that the file layout has. (List 7!5, List 7!6)",
        "Date of Birth: no date that can be used",
        "Age of Child (Years): no age; give it in years. (List 7!6)",
        "Allocated Worker: an error or a formula without a value, or part of a merged cell; type the value in. (List 7!6)",
    ):
        assert problem in text
    assert "Martian" not in text and sorted(tmp_path.rglob("*")) == before


def test_validate_knows_the_teams_of_the_authority_file_beside_the_list(tmp_path: Path) -> None:
    text_file(tmp_path / "authority.toml", TEAMS)
    path = csv_file(tmp_path / "l.csv", [LISTS, ["PP1", "Nort", "2022-10-31", "1"]])
    said = validate_files([path, tmp_path / "gone.csv", tmp_path / "authority.toml"], catalogue())
    assert "would not load" in said[0] and "the nearest known names: North" in said[1]
    assert said[2].endswith("there is no such file.") and "no delivery itself" in said[3]
