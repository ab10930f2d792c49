"""Holds the comparison's benchmark to what it says: planted differences are found, and one that is not found is noticed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench import comparison
from bench.measuring import MeasurementError


def test_every_contender_is_measured_and_the_page_names_them(tmp_path: Path) -> None:
    made = comparison.of_size(20_000, 1, tmp_path)
    assert all(one.cpu > 0 and one.seconds > 0 for rounds in made.values() for one in rounds)
    text = comparison.page({20_000: made})
    assert all(f"| 20,000 | {name} |" in text for name in made)
    assert "| full outer join | " in text and " | 1.00 | " in text


def test_a_difference_that_was_not_found_fails_the_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invent = comparison.invent

    def one_more(rows: int, folder: Path) -> tuple[Path, Path, Counter[str]]:
        left, right, planted = invent(rows, folder)
        return left, right, planted + Counter(changed=1)

    monkeypatch.setattr(comparison, "invent", one_more)
    monkeypatch.setattr(comparison, "DATACOMPY", "")
    with pytest.raises(MeasurementError, match="Planted"):
        comparison.of_size(2_000, 1, tmp_path)
