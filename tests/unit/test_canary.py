"""Holds to account the search itself: what is planted in a file of every kind is found in each of them, and nothing is where nothing is."""

from __future__ import annotations

from pathlib import Path

from tests.canary import disguised, planted, search

WORD = "ZQXKESTREL77"


def test_a_planted_child_is_found_in_every_kind_of_file(tmp_path: Path) -> None:
    files = planted(tmp_path / "held", WORD)
    assert len(files) == 8
    assert search([WORD], tmp_path / "held") == {(WORD, path.name) for path in files}


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    planted(tmp_path / "other", "ANOTHER12")
    assert search(disguised(WORD), tmp_path / "other") == set()


def test_a_place_can_be_left_out_and_a_file_be_named_alone(tmp_path: Path) -> None:
    planted(tmp_path / "held" / "deliveries", WORD)
    assert search([WORD], tmp_path / "held", leave_out=["deliveries"]) == set()
    assert search([WORD], tmp_path / "held" / "deliveries" / "plain.log") == {(WORD, "plain.log")}
