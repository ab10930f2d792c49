"""Holds statements to account in each form: a nil difference, a very long list of reasons, negative effects; numbers that add; no formula."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from lxml import html

from countermark.charts.waterfall import Step
from countermark.explaining.bank import BankForm, Row
from countermark.statement.model import Part, Statement
from countermark.statement.text import waterfall_lines
from countermark.statement.writing import FORMS, written
from countermark.words import WIDTH

LONG = "recorded on the form of another kind of visit, by a worker who had left before it was written up, " * 2


def part(first: int, effects: list[int], words: str = "written up late") -> Part:
    """A part with one step for each effect; a bank form in which the first half stands on the team's side."""
    steps = tuple(Step(f"{words} ({place})", effect, abs(effect)) for place, effect in enumerate(effects))
    half = len(effects) // 2
    left = (Row("Team list counted 1 November", first), *(Row(one.words, one.effect, True) for one in steps[:half]))
    right = (Row("System", first + sum(effects)), *(Row(one.words, -one.effect, True) for one in steps[half:]))
    form = BankForm(
        left, right, first + sum(effects[:half]), 0, sum(map(abs, effects)), ("same child, another id (2)",)
    )
    return Part(
        "Those that meet it", ("The team's count", first), steps, ("The system now", first + sum(effects)), form
    )


CASES = {
    "nil": part(12, []),
    "one": part(58, [-1]),
    "negative": part(17, [-3, -2, -2, -10]),
    "to nothing and back": part(4, [-4, 9, -9, 0, 3]),
    "long": part(211, [(-1) ** n * (n + 1) for n in range(30)], LONG),
}


def stated(one: Part) -> Statement:
    return Statement("Why the two counts differ", ("PP1: =SUM(A1)", "=1+1"), (one,), ("@note",), "Why", "statement-PP1")


@pytest.mark.parametrize("name", CASES)
def test_text_is_legible_and_its_numbers_are_those_of_the_steps(name: str) -> None:
    one = CASES[name]
    text = written(stated(one), "text").decode()
    assert all(len(line) <= WIDTH for line in text.splitlines())
    drawn = list(waterfall_lines(one))
    numbers = [
        int(found[1].replace("−", "-").replace("+", ""))
        for line in drawn
        if (found := re.search(r"\s([+−]?\d+)(?:  |$)", line))
    ]
    assert numbers[0] == one.first[1] and numbers[-1] == one.last[1]
    assert sum(numbers[1:-1]) == one.last[1] - one.first[1] and len(numbers) == max(len(one.steps), 1) + 2
    for line in drawn:  # more is drawn full, less hollow, and both are told by their sign as well
        assert ("█" not in line or "+" in line) and ("░" not in line or "−" in line)


def test_steps_that_do_not_lead_there_are_refused() -> None:
    wrong = Part("x", ("a", 1), (Step("b", 1, 1),), ("c", 3))
    for form in FORMS:
        with pytest.raises(ValueError, match="do not lead"):
            written(Statement("t", (), (wrong,), (), "p", "n"), form)


@pytest.mark.parametrize("name", CASES)
def test_the_page_holds_the_picture_and_the_numbers_and_needs_nothing_else(name: str) -> None:
    one = CASES[name]
    text = written(stated(one), "html").decode()
    page = html.fromstring(text)
    assert page.xpath("//head/title/text()") == ["Why the two counts differ: PP1: =SUM(A1)"]
    picture, narrow = page.xpath("//*[local-name()='svg']")
    assert (picture.get("class"), narrow.get("class")) == ("wide", "narrow") and narrow.get(
        "aria-label"
    ) == picture.get("aria-label")
    assert picture.get("role") == "img" and f"The system now: {one.last[1]}" in picture.get("aria-label")
    assert not re.search(r'(?:src|href)="', text) and "http" not in text.replace("http://www.w3.org/2000/svg", "")
    cells = [cell.text_content() for cell in page.xpath("//table[2]/tbody/tr/td[2]")]
    numbers = [int(cell.replace("−", "-").replace("+", "")) for cell in cells]
    assert numbers[0] + sum(numbers[1:-1]) == numbers[-1] == one.last[1]


def worked_out(sheet: Any, values: Any) -> dict[str, tuple[float, float]]:
    """Each formula's cell with what it comes to, added up here, and the value that is stored for whoever does not calculate."""
    found = {}
    for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
        if sums := re.fullmatch(r"=SUM\((\w+)(?::(\w+))?\)", cell.value):
            over = [one.value for row in values[sums[1] : sums[2] or sums[1]] for one in row if one.value is not None]
        else:
            over = [values[name].value for name in re.fullmatch(r"=(D\d+)(?:\+(C\d+))?", cell.value).groups() if name]
        found[cell.coordinate] = sum(over), values[cell.coordinate].value
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_workbook_adds_up_has_the_picture_and_its_totals_are_formulas(name: str) -> None:
    one = CASES[name]
    made = written(stated(one), "xlsx")
    book, values = (openpyxl.load_workbook(BytesIO(made), data_only=only) for only in (False, True))
    shown, steps = book["Statement"], book["Steps"]
    assert len(shown._images) == 1
    assert "=1+1" in [row[0].value for row in shown.iter_rows() if row[0].data_type == "s"], "no text is a formula"
    for sheet in book:
        for place, (comes_to, stored) in worked_out(sheet, values[sheet.title]).items():
            assert comes_to == stored, f"{name}: {sheet.title}!{place}"
    head = next(row[0].row for row in steps.iter_rows() if row[0].value == "Of")
    rows = list(values["Steps"].iter_rows(min_row=head + 1, values_only=True))
    assert rows[0][3] == one.first[1] and rows[-1][3] == one.last[1]
    assert [row[2] for row in rows[1:-1]] == [step.effect for step in one.steps]
    level = one.first[1]
    for row in rows[1:-1]:
        level += int(str(row[2]))
        assert row[3] == level
    totals = [(row[1].value, row[4].value) for row in values["Statement"].iter_rows() if row[0].value == "Adjusted"]
    assert one.bank and totals == [(one.bank.adjusted, one.bank.adjusted)]
    formulas = [row[column].data_type for row in shown.iter_rows() if row[0].value == "Adjusted" for column in (1, 4)]
    assert formulas == ["f", "f"], "what is added up says of what"


def test_a_total_that_its_rows_do_not_come_to_is_written_as_the_statement_has_it() -> None:
    form = BankForm((Row("Team", 5), Row("a", -1, True)), (Row("System", 7),), 3, 1, 1, ())
    made = written(stated(Part("x", ("a", 5), (Step("b", 2, 2),), ("c", 7), form)), "xlsx")
    book = openpyxl.load_workbook(BytesIO(made))["Statement"]
    [row] = [row for row in book.iter_rows() if row[0].value == "Adjusted"]
    assert (row[1].value, row[1].data_type) == (3, "n") and (row[4].value, row[4].data_type) == (3, "n")


def test_the_systems_number_now_is_the_sum_of_what_led_to_it() -> None:
    right = (Row("System, extract", 33), Row("changes", 2, True), Row("System now", 35), Row("two ids", -1, True))
    form = BankForm((Row("Team", 36), Row("a", -2, True)), right, 34, 0, 3, ())
    made = written(stated(Part("x", ("a", 36), (Step("b", -1, 3),), ("c", 35), form)), "xlsx")
    book, values = (openpyxl.load_workbook(BytesIO(made), data_only=only)["Statement"] for only in (False, True))
    found = {row[3].value: (row[4].data_type, values.cell(row[4].row, 5).value) for row in book.iter_rows()}
    assert found["System now"] == ("f", 35) and found["Adjusted"] == ("f", 34) and found["System, extract"] == ("n", 33)
    assert all(comes_to == stored for comes_to, stored in worked_out(book, values).values())


@pytest.mark.parametrize("bank", [True, False])
def test_both_sheets_say_which_figure_and_how_far_it_can_be_trusted_and_print_across_a4(bank: bool) -> None:
    one, standing = CASES["one"], ("Checked: safe to quote", "Not reliable enough to report")
    told = replace(one, bank=one.bank if bank else None, standing=standing)
    heads = (
        "PP1: Children visited",
        "X, the council, position at 31 October 2022; known so since 2 November 2022, revision 3",
        *standing,
    )
    book = openpyxl.load_workbook(BytesIO(written(Statement("Restated since", heads, (told,), (), "p", "n"), "xlsx")))
    for sheet in book:
        texts = [cell.value for row in sheet.iter_rows() for cell in row]
        assert texts[0] == "Restated since" and set(heads) <= set(texts), sheet.title
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape") and sheet.print_area
        assert texts.count(standing[1]) > 1, "beside the number too"
    rows = [[cell.value for cell in row] for row in book["Steps"].iter_rows()]
    assert [row[5] for row in rows if row[1] in (one.first[0], one.last[0])] == list(standing)
    if not bank:
        shown = {row[0].value: row for row in book["Statement"].iter_rows()}
        assert (shown[one.first[0]][1].value, shown[one.last[0]][1].value) == (58, "=SUM(B8:B9)")
        assert [shown[name][3].value for name in (one.first[0], one.last[0])] == list(standing)
    picture = book["Statement"]._images[0].anchor
    said = [row[0].row for row in book["Statement"].iter_rows() if any(cell.value is not None for cell in row)]
    assert picture._from.row >= max(row for row in said) or not [row for row in said if row - 1 > picture._from.row], (
        "it covers no words"
    )
