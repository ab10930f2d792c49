"""One small published home for all tests of pages in a process; each test gets a copy of its own where it writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.history_kit import certify_one, spoil, stretch
from tests.web_kit import Desk, build_home, open_desk


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_home(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def desk(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """For tests that read, or whose writing disturbs no other test of the file."""
    yield open_desk(built_home, tmp_path_factory.mktemp("desk") / "home")


@pytest.fixture
def own_desk(built_home: Path, tmp_path: Path) -> Iterator[Desk]:
    """For tests that write."""
    yield open_desk(built_home, tmp_path / "home")


@pytest.fixture(scope="session")
def followed_home(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home with one figure signed, one that is not reliable enough, and seventeen earlier month ends."""
    into = tmp_path_factory.mktemp("followed") / "home"
    shutil.copytree(built_home, into)
    spoil(into, "PP1", spared="PP6")
    certify_one(into, "PP6")
    stretch(into, 17)
    return into


@pytest.fixture(scope="module")
def followed(followed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The pages over a home whose figures can be followed month by month."""
    yield open_desk(followed_home, tmp_path_factory.mktemp("followed_desk") / "home")
