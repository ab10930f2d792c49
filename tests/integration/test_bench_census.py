"""Holds the census benchmark to its structure on a small return: every row is found again, a row less is noticed."""

from __future__ import annotations

from pathlib import Path

from bench.census import invent, page, rounds


def test_a_small_return_is_measured_and_every_row_found_again(tmp_path: Path) -> None:
    made, rows, size = rounds(40, 7, 1, tmp_path)
    assert rows["cin.children"] == 40 and len(rows) == 10 and rows.total() > 300
    assert made["intake"][0].span("into raw") > 0 and made["lxml"][0].span("floor") > 0
    text = page(40, made, rows, size)
    assert "40 children" in text and "None" not in text and "bare lxml" in text


def test_a_seed_writes_one_return_and_another_seed_another(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.xml", "b.xml", "c.xml")]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        invent(path, 20, seed)
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again != other
