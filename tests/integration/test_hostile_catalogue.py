"""Holds intake to the whole catalogue of hostile files at once: each has its receipt, no row is lost, nothing of a cell is repeated, and
the good files among them load as ever. (Databases that misbehave are tested where databases are read.)"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from countermark.ledger.records import Receipt
from tests import hostile
from tests.intake_kit import Desk, age, desk, headers, plan, workbook
from tests.integration.test_hostile_files import HOSTILE


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    """A desk that has taken in the catalogue, and all that it said."""
    with desk(tmp_path_factory.mktemp("catalogue")) as found:
        workbook(found.inbox / "z good one.xlsx", {"List 7": [headers(), plan("1"), plan("2")]})
        for name, one in hostile.CATALOGUE.items():
            (found.inbox / name).write_bytes(one.make())
            age(found.inbox / name)
        summary = found.run()
        yield found, repr(summary)


def receipts(at: Desk, name: str) -> list[Receipt]:
    """Every receipt of one file."""
    return [receipt for (file, _), receipt in at.receipts().items() if file == name]


@pytest.mark.parametrize("name", hostile.CATALOGUE)
def test_each_has_its_receipt_and_no_row_is_lost(taken: tuple[Desk, str], name: str) -> None:
    at, _ = taken
    wanted, found = hostile.CATALOGUE[name], receipts(taken[0], name)
    assert found
    for one in found:
        assert one.rows_in == one.rows_loaded + one.rows_rejected + one.rows_ignored
        assert one.status in ("loaded", "loaded_with_rejects", "rejected")
        assert one.status == "loaded" or one.reason or one.rows_rejected, "what was not loaded has a reason"
    assert wanted.status in {one.status for one in found}, found
    rejected = at.con.execute("select reason from facts.rejects where file = ?", [name]).fetchall()
    said = [one.reason for one in found] + [reason for (reason,) in rejected]
    assert any(wanted.words in text for text in said), said
    assert wanted.loaded in (-1, sum(one.rows_loaded for one in found))


def test_nothing_of_a_cell_is_repeated(taken: tuple[Desk, str], caplog: pytest.LogCaptureFixture) -> None:
    at, summary = taken
    told = summary + caplog.text + repr(at.receipts()) + repr(at.rejects())
    for secret in (hostile.CANARY, hostile.CANARY.upper(), "Zebrafax", "calc'"):
        assert secret not in told
    with open("/etc/hostname", encoding="utf-8") as file:  # noqa: PTH123  # what an external entity asked for
        assert file.read().strip() not in repr(at.con.execute("from raw.cin_children").fetchall())


def test_the_good_file_beside_them_loads(taken: tuple[Desk, str]) -> None:
    (good,) = receipts(taken[0], "z good one.xlsx")
    assert (good.status, good.rows_loaded) == ("loaded", 2)


def test_there_are_sixty_and_more() -> None:
    assert len(hostile.CATALOGUE) + len(HOSTILE) >= 60
