"""The key of a row that is sent out to be filled in: it ties the row's cells to what it was of, and to how that stood then.

A keyed hash (HMAC) over the cells that nobody may change. Put into another row, or beside another case, it fits no longer.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

VERSION = "1"
BOUND_HEX, MARK_HEX = 12, 32
PURPOSE = b"countermark row key"


@dataclass(frozen=True)
class RowKey:
    """A key as read: how many decisions whoever made the row had seen, and what its fields hashed to. Nothing of it is to be believed
    before `fits` says so."""

    version: int
    bound: str
    mark: str


def bound_of(fields: str) -> str:
    """The short hash of what a difference's decision is bound to."""
    return hashlib.sha256(fields.encode()).hexdigest()[:BOUND_HEX]


def row_key(key: bytes, version: int, bound: str, *cells: str) -> str:
    """The key of a row. `cells` are those that must not change, in their order; `bound` is a `bound_of`."""
    return f"{VERSION}.{version}.{bound}.{_mark(key, version, bound, cells)}"


def read(text: str) -> RowKey | None:
    """The parts of a key's text; None where it is none."""
    parts = text.strip().split(".")
    if len(parts) != 4 or parts[0] != VERSION or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 10):
        return None
    return RowKey(int(parts[1]), parts[2], parts[3])


def fits(key: bytes, said: RowKey, *cells: str) -> bool:
    """Whether the key was made with `key` for a row of these cells."""
    return hmac.compare_digest(_mark(key, said.version, said.bound, cells).encode(), said.mark.encode())


def _mark(key: bytes, version: int, bound: str, cells: tuple[str, ...]) -> str:
    parts = (str(version), bound, *(" ".join(cell.split()).upper() for cell in cells))
    message = PURPOSE + "".join(f"{len(part)}:{part}" for part in parts).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:MARK_HEX]
