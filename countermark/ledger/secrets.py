"""The home's secret key and the pseudonyms made with it, which stand for children's ids here. Back it up."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

KEY_FILE = "secret.key"
SEALING_KEY_FILE = "certificate.key"  # what certificates are signed with: see `countermark.sealing.keys`
KEY_BYTES = 32
PRIVATE_FILE = 0o600
PSEUDONYM_HEX = 16
_BLOCK = 64  # HMAC's block size for SHA-256


def pseudonym_key(home: Path) -> bytes:
    """The 32 bytes of `home/secret.key`, made at the first call; of several processes at once, one makes it for all."""
    path = home / KEY_FILE
    if not path.exists():
        _create(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"{KEY_FILE} is damaged: restore it from the backup.")
    return key


def _create(path: Path) -> None:
    """Write a whole key beside `path`, then link it there: the name appears with all its bytes or not at all."""
    draft = path.with_name(f".{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, path)
    finally:
        draft.unlink()


def pseudonym(key: bytes, *parts: str) -> str:
    """16 hex digits that stand for `parts` (for a break: authority, indicator, case), meaningless without the key."""
    return hmac.new(key, _message(parts), hashlib.sha256).hexdigest()[:PSEUDONYM_HEX]


def pseudonyms(key: bytes, many: Iterable[tuple[str, ...]]) -> list[str]:
    """`pseudonym` of each tuple, in order. HMAC's two key blocks are hashed once: 50,000 take a moment."""
    padded = key.ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
    made = []
    for parts in many:
        first, second = inner.copy(), outer.copy()
        first.update(_message(parts))
        second.update(first.digest())
        made.append(second.hexdigest()[:PSEUDONYM_HEX])
    return made


def _message(parts: tuple[str, ...]) -> bytes:
    """The parts with their lengths, so that ("a", "bc") and ("ab", "c") differ."""
    return "".join([f"{len(part)}:{part}" for part in parts]).encode()
