"""Holds the benchmark of pairs to what it says: planted differences are found, and one that is not found is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import pairs
from bench.measuring import Measured, MeasurementError


def test_both_contenders_are_measured_and_the_page_names_them(tmp_path: Path) -> None:
    made = pairs.of_size(4_000, 1, tmp_path)
    assert all(one.cpu > 0 and one.whole.seconds > 0 for rounds in made.values() for one in rounds)
    text = pairs.page(4_000, made)
    assert "| full outer join | " in text and " | 1.00 | " in text and "| pair with reasons | " in text
    assert not pairs.needs_room(tmp_path / "national-4000.duckdb", tmp_path), "so few rows need no disk"


def test_a_missed_aim_is_said() -> None:
    rounds = {
        name: [pairs.Cost(cpu, Measured())] for name, cpu in (("pair with reasons", 3.1), ("full outer join", 1.0))
    }
    assert "**missed**" in pairs.page(10, rounds)
    assert "held" in pairs.page(10, rounds | {pairs.ROWS: [pairs.Cost(1.1, Measured())]})


def test_a_difference_that_was_not_found_fails_the_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = {("SCOPE", -1): 2}
    monkeypatch.setattr(pairs, "invent", lambda rows, folder: (tmp_path / "x", planted))
    monkeypatch.setattr(pairs, "one", lambda *asked: (pairs.Cost(1.0, Measured()), {("SCOPE", -1): 1}))
    with pytest.raises(MeasurementError, match="Planted"):
        pairs.of_size(4_000, 1, tmp_path)
