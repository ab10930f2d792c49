"""The kept files below `home/deliveries`, each under the hash of its bytes, and what became of those that had to be redacted.

A file of which a child was purged is replaced by a redacted one under its own hash. A tombstone, `<old hash>.purged`, links the two: who
has the old hash from a receipt finds the new file, and the old bytes, should they come again, are not kept again.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

from countermark.home import Home

TOMBSTONE = ".purged"
PRIVATE_FILE = 0o600


def kept_file(home: Home, digest: str) -> Path:
    """The file that stands for the bytes of this hash: itself, or the redacted one that took its place."""
    seen: set[str] = set()
    while digest not in seen and (found := replaced_by(home, digest)):
        seen.add(digest)
        digest = found
    return home.deliveries / digest


def replaced_by(home: Home, digest: str) -> str | None:
    """The hash of the file that took the place of this one, itself where only its name had to go; None where none did."""
    tombstone = home.deliveries / f"{digest}{TOMBSTONE}"
    if not digest or not tombstone.is_file():
        return None
    return str(json.loads(tombstone.read_text(encoding="utf-8"))["replaced_by"])


def is_purged(home: Home, digest: str) -> bool:
    """Whether a child was purged from the file of this hash: it is known, and never kept again."""
    return replaced_by(home, digest) is not None


def store(home: Home, content: bytes) -> str:
    """Keep `content` under its hash, durable; the hash."""
    digest = sha256(content).hexdigest()
    _write(home, home.deliveries / digest, content)
    return digest


def bury(home: Home, old: str, new: str) -> None:
    """Put the tombstone, then remove the old file. Ended anywhere, doing it again finishes it."""
    _write(home, home.deliveries / f"{old}{TOMBSTONE}", json.dumps({"replaced_by": new}).encode())
    if new != old:
        (home.deliveries / old).unlink(missing_ok=True)


def _write(home: Home, path: Path, content: bytes) -> None:
    draft = home.tmp / f"kept-{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
