"""Holds statements to account in each form: a nil difference, a very long list of reasons, negative effects; numbers that add; no formula."""

from __future__ import annotations

import re
from io import BytesIO

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
    [picture] = page.xpath("//*[local-name()='svg']")
    assert picture.get("role") == "img" and f"The system now: {one.last[1]}" in picture.get("aria-label")
    assert not re.search(r'(?:src|href)="', text) and "http" not in text.replace("http://www.w3.org/2000/svg", "")
    cells = [cell.text_content() for cell in page.xpath("//table[2]/tbody/tr/td[2]")]
    numbers = [int(cell.replace("−", "-").replace("+", "")) for cell in cells]
    assert numbers[0] + sum(numbers[1:-1]) == numbers[-1] == one.last[1]


@pytest.mark.parametrize("name", CASES)
def test_the_workbook_adds_up_has_the_picture_and_no_formula(name: str) -> None:
    one = CASES[name]
    book = openpyxl.load_workbook(BytesIO(written(stated(one), "xlsx")))
    shown, steps = book["Statement"], book["Steps"]
    assert len(shown._images) == 1
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "=1+1" in [row[0].value for row in shown.iter_rows()]
    rows = list(steps.iter_rows(min_row=2, values_only=True))
    assert rows[0][3] == one.first[1] and rows[-1][3] == one.last[1]
    assert [row[2] for row in rows[1:-1]] == [step.effect for step in one.steps]
    level = one.first[1]
    for row in rows[1:-1]:
        level += int(str(row[2]))
        assert row[3] == level
    totals = [(row[1].value, row[4].value) for row in shown.iter_rows() if row[0].value == "Adjusted"]
    assert one.bank and totals == [(one.bank.adjusted, one.bank.adjusted)]
