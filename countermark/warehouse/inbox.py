"""What lies in the inbox: files, links, sidecars. Looks at names and sizes only, and lets files that still grow be."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

AUTHORITY_FILE = "authority.toml"
SIDECAR = "delivery.toml"
LOCK_FILE = "~$"
SETTLE_SECONDS = 0.3  # between two looks at a file that was just written
RECENT_SECONDS = 2.0  # a file older than this is not looked at twice


@dataclass(frozen=True)
class Found:
    """An entry of the inbox. `name` is its path below the inbox with `/`."""

    name: str
    path: Path
    is_link: bool
    size: int
    changed: int


@dataclass(frozen=True)
class Contents:
    """All entries in order of their names: deliveries, what speaks for them, and those left for next time."""

    deliveries: tuple[Found, ...]
    directions: tuple[Found, ...]
    growing: tuple[str, ...]


def scan(inbox: Path, settle: float = SETTLE_SECONDS) -> Contents:
    """Everything below `inbox`. Links are listed and not followed; folders, pipes and Excel's lock files are left out."""
    found = entries(inbox)
    now = time.time()
    if any(not entry.is_link and now - entry.changed / 1e9 < RECENT_SECONDS for entry in found):
        time.sleep(settle)
    growing = tuple(entry.name for entry in found if has_changed(entry))
    still = [entry for entry in found if entry.name not in growing]
    directions = tuple(entry for entry in still if _directs(entry))
    return Contents(tuple(entry for entry in still if not _directs(entry)), directions, growing)


def entries(inbox: Path) -> list[Found]:
    """Everything below `inbox` as it is at this moment, by name. OSError where it changes while it is looked at."""
    return sorted(_walk(inbox, ""), key=lambda entry: entry.name)


def has_changed(entry: Found) -> bool:
    """Whether the entry is gone or another than when it was found."""
    try:
        stat = entry.path.lstat()
    except OSError:
        return True
    return not entry.is_link and (stat.st_size, stat.st_mtime_ns) != (entry.size, entry.changed)


def _directs(entry: Found) -> bool:
    name = entry.name.rsplit("/", 1)[-1]
    return not entry.is_link and (name in (AUTHORITY_FILE, SIDECAR) or name.endswith("." + SIDECAR))


def _walk(folder: Path, prefix: str) -> list[Found]:
    found: list[Found] = []
    with os.scandir(folder) as listed:
        for entry in listed:
            name = prefix + entry.name
            if entry.is_symlink():
                found.append(Found(_safe(name), Path(entry.path), True, 0, 0))
            elif entry.is_dir(follow_symlinks=False):
                found.extend(_walk(Path(entry.path), name + "/"))
            elif entry.is_file(follow_symlinks=False) and not entry.name.startswith(LOCK_FILE):
                stat = entry.stat(follow_symlinks=False)
                found.append(Found(_safe(name), Path(entry.path), False, stat.st_size, stat.st_mtime_ns))
    return found


def _safe(name: str) -> str:
    """The name as text that every database takes: bytes that are no UTF-8 become a mark."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def age_of(folder: Path) -> None:
    """Make the files of a folder of our own look settled, so that nobody waits for them."""
    for path in folder.iterdir():
        os.utime(path, (0, 0))
