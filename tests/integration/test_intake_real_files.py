"""Holds intake to account on the Annex A workbooks that councils and Ofsted really wrote, where they lie beside the repository.

Every row of every list is counted a second time, by openpyxl and by hand-set rules, and must be in the receipts.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.intake_kit import Desk, age, desk

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
WORKBOOKS = sorted((SAMPLES / "annex_a").glob("*.xlsx"))
pytestmark = pytest.mark.skipif(not WORKBOOKS, reason="the sample workbooks are not here")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as found:
        yield found


def counted(path: Path) -> dict[str, int]:
    """Rows with a filled cell below the header, by list, as openpyxl sees them."""
    book = openpyxl.load_workbook(path, data_only=True)
    found = {}
    for sheet in book.worksheets:
        number = re.fullmatch(r"List[ _](\d+)", sheet.title)
        if number is None:
            continue
        rows = [
            [cell for cell in row if cell is not None and str(cell).strip()]
            for row in sheet.iter_rows(values_only=True)
        ]
        header = next(i for i, row in enumerate(rows) if len(row) > 5)
        found[f"annex_a.list_{int(number[1]):02d}"] = sum(bool(row) for row in rows[header + 1 :])
    return found


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.stem)
def test_every_row_of_every_list_is_accounted_for(at: Desk, path: Path) -> None:
    shutil.copy(path, at.inbox / "x.xlsx")
    age(at.inbox / "x.xlsx")
    at.run()
    receipts = {contract: r for (_, contract), r in at.receipts().items()}
    expected = counted(path)
    assert {contract: r.rows_in for contract, r in receipts.items()} == expected
    assert len(expected) == 11
    for contract, rows in expected.items():
        assert receipts[contract].status == ("loaded" if rows else "rejected"), (contract, receipts[contract].reason)
        assert receipts[contract].rows_loaded == rows
    assert at.rejects() == []


def test_files_that_are_no_layout_have_a_row_and_a_reason_each(at: Desk) -> None:
    others = [*sorted((SAMPLES / "cin").glob("*.xsd")), *sorted((SAMPLES / "dfe_published_nel").glob("*.csv"))]
    assert others
    for path in others:
        shutil.copy(path, at.inbox / path.name)
        age(at.inbox / path.name)
    at.run()
    assert {(r.file, r.contract, r.status) for r in at.receipts().values()} == {
        (p.name, "", "rejected") for p in others
    }
    assert all(r.reason for r in at.receipts().values())
