"""Sets of row hashes: which of them stand on one side alone, and which twice on a side.

Sorting numbers is all that happens here. numpy sorts ten million of them in a quarter of a second, where a join or a grouping of the
same numbers takes ten times as long; what the hashes stand for is looked at in DuckDB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def once(sides: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """The hashes of rows that are not the same on both sides: those that do not stand exactly twice over both together, or that stand
    twice on one side."""
    import numpy as np

    together = np.concatenate(sides)
    together.sort()
    same = together[1:] == together[:-1]
    alone = np.ones(len(together), dtype=bool)
    alone[1:] &= ~same
    alone[:-1] &= ~same
    return together[alone]


def twice(sides: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """The hashes of keys that stand more than once on a side. Sorts the sides themselves."""
    import numpy as np

    found = []
    for side in sides:
        side.sort()
        found.append(side[1:][side[1:] == side[:-1]])
    return np.unique(np.concatenate(found))


def marks(places: Any, rows: int) -> bytes:
    """A bit a row, set for the rows at these places."""
    import numpy as np

    marked = np.zeros(rows, dtype=bool)
    marked[places] = True
    return np.packbits(marked).tobytes()
