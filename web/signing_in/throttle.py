"""Slows guessing down: five wrong passwords in a quarter of an hour hold a username for as long. In this process alone."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

TRIES, SECONDS = 5, 900.0
_failed: dict[str, list[float]] = defaultdict(list)
_lock = threading.Lock()


def is_held(username: str) -> bool:
    """Whether the username has to wait."""
    with _lock:
        return len(_recent(username)) >= TRIES


def tried(username: str, *, well: bool) -> None:
    """Note an attempt; a good one forgets the bad ones."""
    with _lock:
        if well:
            _failed.pop(username, None)
        else:
            _failed[username] = [*_recent(username), time.monotonic()]


def _recent(username: str) -> list[float]:
    since = time.monotonic() - SECONDS
    return [when for when in _failed.get(username, []) if when > since]
