"""Saying how far a long step has come, to whoever listens. Silent where nobody does. Texts hold no value of any row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, int, int], None]
_listeners: list[Listener] = []


def report(stage: str, done: int = 0, total: int = 0) -> None:
    """Tell the listeners that `stage` has done `done` of `total` parts (0 of 0: it has begun)."""
    for listener in _listeners:
        listener(stage, done, total)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have `listener` hear every report within the block."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
