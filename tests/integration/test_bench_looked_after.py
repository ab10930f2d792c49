"""Holds the benchmark of the return to its structure on a few children: every row counted, a lost one noticed. Never how long it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import looked_after
from bench.measuring import MeasurementError


def test_every_file_is_written_taken_in_and_measured(tmp_path: Path) -> None:
    rows, size, made = looked_after.of_size(60, 1, tmp_path)
    assert rows > 600 and size > 10_000
    assert all(one.seconds > 0 and one.cpu > 0 for rounds in made.values() for one in rounds)
    text = looked_after.page(60, (rows, size, made), (0.1, 0.2))
    for words in ("60 children", "into raw, with types", "DuckDB read_csv", "0.1 before"):
        assert words in text


def test_a_row_that_raw_lacks_is_no_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = dict.fromkeys(looked_after.FILES, 0)
    monkeypatch.setattr(looked_after, "in_raw", lambda _: lost)
    monkeypatch.setattr(looked_after, "measure", lambda *_: None)
    with pytest.raises(MeasurementError, match="in raw"):
        looked_after.of_size(60, 1, tmp_path)
