"""What the tests of whole runs share: the forking server, one invented authority, one home that nothing disturbed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from tests.integration.commands import Commands
from tests.postgres_kit import Server, server

SCALE = 0.05


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """Commands as real processes."""
    server = Commands(tmp_path_factory.mktemp("commands"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of the session share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "whole-runs"
    folder.mkdir(exist_ok=True)
    return folder


def _once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Have the first worker that comes make a folder for all."""
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            draft = folder.with_name(f"{folder.name}-draft")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder


@pytest.fixture(scope="session")
def inbox(commands: Commands, shared: Path) -> Path:
    """The deliveries of a small invented authority; nobody writes into it."""

    def make(folder: Path) -> None:
        commands.well("sample", "--out", folder, "--scale", SCALE, "--sources", "annex_a")

    return _once(shared / "sample", make) / "inbox"


@dataclass(frozen=True)
class Undisturbed:
    """A home that one run made of the inbox. Copy it, do not write into it."""

    home: Path

    def copy(self, to: Path) -> Path:
        """A home of one's own in the same state."""
        shutil.copytree(self.home, to)
        to.chmod(0o700)
        return to


@pytest.fixture(scope="session")
def undisturbed(commands: Commands, shared: Path, inbox: Path) -> Undisturbed:
    """What one plain run comes to."""

    def make(folder: Path) -> None:
        ended = commands.run(inbox, folder / "home")
        assert ended.code == 0, ended

    return Undisturbed(_once(shared / "undisturbed", make) / "home")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of the session's own. Skips only where this machine has none."""
    with server() as running:
        yield running
