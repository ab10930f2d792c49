"""One small published home for all tests of pages in a process; each test gets a copy of its own where it writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
