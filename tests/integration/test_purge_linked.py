"""Holds a purge to this: with one id of a child all its ids go, from files, ledger and publications; another child's number stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from countermark.desk.identities import say
from countermark.home import Home
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from countermark.purge.called import PurgeError
from countermark.purge.purge import Order, purge
from countermark.warehouse.identity import KIND
from tests.canary import search
from tests.chain import run_chain
from tests.intake_kit import catalogue, csv_file, headers, plan, text_file, workbook

AS_AT = date(2022, 10, 31)
OLD, NEW, THIRD, REUSED, OTHER = "MOS770012", "55001234", "QX8812345", "LCS990077", "66001234"
ORDER = Order(reason="retention schedule 4.2", by="Olive Officer", child=NEW)


def _extract(inbox: Path, day: str, *children: str) -> None:
    workbook(inbox / day / "seven.xlsx", {"List 7": [headers(), *(plan(child) for child in children)]})
    text_file(inbox / day / "delivery.toml", f'authority = "E1"\nextracted_on = {day}\n')


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One child under three ids in three extracts, the last of which a person linked; one of its numbers was another child's since."""
    inbox = tmp_path / "inbox"
    _extract(inbox, "2022-10-05", OLD, REUSED, OTHER)
    _extract(inbox, "2022-11-02", NEW, REUSED, OTHER)
    _extract(inbox, "2022-11-16", THIRD, REUSED, OTHER)
    links = [[OLD, NEW, None], [REUSED, NEW, "2020-12-31"]]
    csv_file(inbox / "crosswalk.csv", [["Old ID", "New ID", "Valid to"], *links])
    text_file(inbox / "authority.toml", 'authority = "E1"\nname = "Anytown"\n[[teams]]\nname = "North"\n')
    place = Home.open(tmp_path / "home")
    with Ledger.open(place.ledger_url) as ledger:
        say(ledger, pseudonym_key(place.path), "E1", THIRD, NEW, True, "The mother says so.", "Olive Officer")
    run_chain(inbox, place.path, AS_AT, validate=False)
    return place


@pytest.mark.parametrize("asked", [OLD, NEW, THIRD])
def test_every_id_of_the_child_goes_and_no_other_childs(home: Home, asked: str) -> None:
    assert {word for word, _ in search([OLD, NEW, THIRD], home.path)} == {OLD, NEW, THIRD}
    with Ledger.open(home.ledger_url) as ledger:
        done = purge(home, catalogue(), ledger, Order(ORDER.reason, ORDER.by, asked))
        assert ledger.notes(KIND) == []
    assert done.children == 3
    assert search([OLD, NEW, THIRD], home.path) == set()
    assert {word for word, _ in search([REUSED, OTHER], home.path)} == {REUSED, OTHER}


def test_a_child_that_goes_on_under_another_id_is_not_of_former_years(home: Home) -> None:
    with Ledger.open(home.ledger_url) as ledger, pytest.raises(PurgeError, match="No child was last named before"):
        purge(home, catalogue(), ledger, Order(ORDER.reason, ORDER.by, older_than=date(2022, 11, 10)))
