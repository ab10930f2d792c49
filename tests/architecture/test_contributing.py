"""Holds CONTRIBUTING.md to its word: the sixteenth indicator on that page is a folder's worth of files that works as they stand,
read through the further root that an authority's own definitions come from.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from countermark.contracts.catalogue import SHIPPED, Catalogue, CatalogueError, load, roots
from tests.examples.pipe import header, parse
from tests.examples.world import World, only

BLOCK = re.compile(r"```\w+\n(?:#|--) (sql/indicators/\S+)\n(.*?)```", re.DOTALL)


def write_sixteenth(root: Path) -> Path:
    """The page's files, written below `root`; returns the indicator's folder."""
    blocks = BLOCK.findall((SHIPPED / "CONTRIBUTING.md").read_text("utf-8"))
    assert [Path(name).name for name, _ in blocks] == ["indicator.toml", "members.sql", "examples.toml"]
    for name, text in blocks:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return path.parent


@pytest.fixture
def sixteen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    write_sixteenth(tmp_path)
    monkeypatch.setenv("COUNTERMARK_DEFINITIONS", str(tmp_path))
    return load()


def test_a_folder_is_all_it_takes(sixteen: Catalogue) -> None:
    assert len(sixteen.indicators) == len(load([SHIPPED]).indicators) + 1
    assert sixteen.indicators["CN9"].title == "Episodes of need open a year or more"


def test_its_examples_hold(sixteen: Catalogue) -> None:
    indicator = sixteen.indicators["CN9"]
    examples = tomllib.loads((indicator.folder / "examples.toml").read_text("utf-8"))["example"]
    assert len(examples) >= 2
    for example in examples:
        world = World(indicator)
        for name, text in example["given"].items():
            world.give(name, parse(text), example["as_at"])
        cases = world.members(example["as_at"])
        kept = {"members": [c for c in cases if c["state"]], "outside": [c for c in cases if c["outside"]]}
        for part, text in example["then"].items():
            assert only(kept[part], header(text)) == only(parse(text), header(text)), example["title"]


def test_its_sql_is_as_clean_as_ours(tmp_path: Path) -> None:
    folder = write_sixteenth(tmp_path)
    linted = subprocess.run(
        [Path(sys.executable).with_name("sqlfluff"), "lint", folder, "--config", SHIPPED / ".sqlfluff"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("missing", ["members.sql", "examples.toml", "indicator.toml"])
def test_an_incomplete_folder_is_refused_by_name(tmp_path: Path, missing: str) -> None:
    folder = write_sixteenth(tmp_path)
    (folder / missing).unlink()
    with pytest.raises(CatalogueError, match=f"CN9_open_a_year lacks {re.escape(missing)}"):
        load([SHIPPED, tmp_path])


def test_a_name_that_nobody_defined_is_refused(tmp_path: Path) -> None:
    definition = write_sixteenth(tmp_path) / "indicator.toml"
    definition.write_text(definition.read_text("utf-8").replace('reads = ["cin_episodes"]', 'reads = ["whiteboards"]'))
    with pytest.raises(CatalogueError, match="unknown table whiteboards"):
        load([SHIPPED, tmp_path])


def test_roots_come_from_the_environment_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERMARK_DEFINITIONS", os.pathsep.join([str(tmp_path / "a"), "", str(tmp_path / "b")]))
    assert roots() == (SHIPPED, tmp_path / "a", tmp_path / "b")
