"""Holds the benchmark of bridges to what it says: planted faults are found, and one that is not found is noticed. Never how long it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import bridges
from bench.measuring import Mark, Measured
from tests.integration.conftest import Undisturbed


def test_planted_rows_are_found_in_few_lists_and_in_all(
    undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = undisturbed.copy(tmp_path / "home")
    monkeypatch.setattr(bridges, "ROUNDS", 1)
    monkeypatch.setattr(bridges, "LISTED", 200)
    bridges.work(home)
    few, every = ([int(n) for n in line.split()] for line in (home / "bridges").read_text().splitlines())
    assert few[0] == every[0] > 20 and few[1] == 200 < every[1] and min(few[2], every[2]) > 0

    loses_one = bridges.LISTS.replace("where n <= $twice\n", "where n < $twice\n")
    assert loses_one != bridges.LISTS
    monkeypatch.setattr(bridges, "LISTS", loses_one)
    with pytest.raises(SystemExit, match="planted faults"):
        bridges.work(home)


def test_the_page_tells_both_sizes_beside_the_bare_join() -> None:
    seconds = {"few bridges": 2.0, "few floor": 0.1, "all bridges": 4.0, "all floor": 0.1}
    cost = Measured(marks=[Mark(name, 0.0, spent) for name, spent in seconds.items()], samples=[(1.0, 300 << 20)])
    text = bridges.page(1.0, [[160, 2000, 300], [160, 16000, 90]], cost)
    assert "| 1 | 160 | 2,000 | 300 | 2.00 | 0.100 | 20 | 300 |" in text
    assert "| 1 | 160 | 16,000 | 90 | 4.00 | 0.100 | 40 | 300 |" in text
