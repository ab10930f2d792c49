"""Holds to account: where the disk is full in mid-publication a plain sentence says so, and what was published stands whole.

By a limit on the size of a file everywhere, and on a disk that really is full where the account may mount one.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from countermark.home import Home
from tests.integration.commands import DAY, Commands, Ended, content, leftovers, revisions, tables, without_times
from tests.integration.conftest import Undisturbed

MEGABYTE = 1 << 20


def prints(home: Path) -> dict[str, str]:
    """Hashes of the pointer and of every published snapshot."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in Home(home).published.iterdir()}


def refused_plainly(ended: Ended) -> None:
    assert ended.code == 1, ended
    assert "stands" in ended.err and ("disk" in ended.err.lower()), ended
    assert not any(word in ended.out + ended.err for word in ("Traceback", "Error:", "IOException", "sqlite", "duckdb"))


def check(commands: Commands, home: Path, **how: int) -> Ended:
    return commands(
        "check",
        "CN0",
        "--as-at",
        DAY,
        "--by",
        "Delphine Fennimore",
        "--note",
        "Looked at five files.",
        "--home",
        home,
        **how,
    )


def test_a_publication_that_finds_no_room(commands: Commands, undisturbed: Undisturbed, tmp_path: Path) -> None:
    """The snapshot does not fit: the last one stands and is readable, and with room the same content comes as without the mishap."""
    home, plain = undisturbed.copy(tmp_path / "home"), undisturbed.copy(tmp_path / "plain")
    before = prints(home)
    refused_plainly(check(commands, home, largest_file=MEGABYTE))
    assert prints(home) == before
    assert content(home) == content(undisturbed.home)
    assert without_times(tables(commands, home)) == without_times(tables(commands, undisturbed.home))
    for one in (home, plain):
        assert check(commands, one).code == 0
    assert content(home) == content(plain) != content(undisturbed.home)
    assert leftovers(home) == []


@pytest.mark.parametrize("limit", [MEGABYTE // 8, 6 * MEGABYTE])
def test_a_run_that_finds_no_room(
    commands: Commands, inbox: Path, undisturbed: Undisturbed, tmp_path: Path, limit: int
) -> None:
    """Nothing is published, however early the room ends, and the next run makes what one run makes."""
    home = tmp_path / "home"
    refused_plainly(commands.run(inbox, home, largest_file=limit))
    if limit > MEGABYTE:
        assert revisions(home) == []
        assert commands.run(inbox, home).code == 0
        assert content(home) == content(undisturbed.home) and len(revisions(home)) == 1
        assert leftovers(home) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes of its own, where the account may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=64m,mode=0700", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if not done or done.returncode:
        pytest.skip("this account may not mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=False)


def test_a_disk_that_is_full(commands: Commands, inbox: Path, undisturbed: Undisturbed, small_disk: Path) -> None:
    """Published snapshots on a disk of their own, full but for two megabytes."""
    home = small_disk.parent / "home"
    undisturbed.copy(home)
    shutil.move(home / "published", small_disk / "published")
    (home / "published").symlink_to(small_disk / "published")
    before = prints(home)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 2 * MEGABYTE))
    refused_plainly(check(commands, home))
    assert prints(home) == before
    assert tables(commands, home)["metrics"]
    refused_plainly(commands.run(inbox, home))
    assert prints(home) == before
    in_one = commands.run(inbox, small_disk / "home")
    assert in_one.code == 1 and "full" in in_one.err and "Traceback" not in in_one.err, in_one
    ballast.unlink()
    shutil.rmtree(small_disk / "home", ignore_errors=True)
    assert check(commands, home).code == 0
    assert len(revisions(home)) == 2
