"""The home's Ed25519 key: made once, readable by its owner alone, changed by a person; every public key it ever had stays known.

The private key lies in the home (and in its backup), encrypted where COUNTERMARK_KEY_PASSPHRASE was set when it was made. The public
keys are notes in the ledger, so that the audit chain vouches for them and old certificates still verify.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from countermark.home import Home
from countermark.ledger.append import MACHINE
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerConflict, LedgerError, utc_now
from countermark.ledger.secrets import PRIVATE_FILE, SEALING_KEY_FILE
from countermark.ledger.store import Ledger

PASSPHRASE = "COUNTERMARK_KEY_PASSPHRASE"  # noqa: S105 (the name of a variable, not a password)
NOTE = "certificate_key"  # subject: the key's id; body: {"public": base64, "retired": why}
PEM_END = "-----END PUBLIC KEY-----"


class KeyRefused(LedgerError):  # noqa: N818  # a refusal in a plain sentence, as the ledger's are
    """The key cannot be used. The text says what to do."""


@dataclass(frozen=True)
class PublicKey:
    """A public key that the home has or had. `retired` says why it is no longer signed with, empty for the present one."""

    id: str
    raw: bytes
    since: datetime
    retired: str = ""
    retired_at: datetime | None = None

    @property
    def pem(self) -> str:
        """The key as other programs read it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_id(raw: bytes) -> str:
    """What a public key is called: the first 16 hex digits of its sha256."""
    return hashlib.sha256(raw).hexdigest()[:16]


def raw_public(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of the public half."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def signing_key(home: Home, ledger: Ledger) -> Ed25519PrivateKey:
    """The home's key, made at the first call and noted in the ledger; of several processes at once, one makes it for all.

    KeyRefused where it is damaged, or locked with a passphrase that is not given.
    """
    path = home.path / SEALING_KEY_FILE
    while not path.exists():
        _refuse_where_one_was_lost(path, ledger)
        draft = _draft(path, Ed25519PrivateKey.generate())
        # where another process was first its key counts; where one has swept the draft away, once more
        with suppress(FileExistsError, FileNotFoundError):
            os.link(draft, path)
        draft.unlink(missing_ok=True)
    key = _load(path)
    _know(ledger, raw_public(key), MACHINE)
    return key


def rotate(home: Home, ledger: Ledger, by: str, reason: str) -> PublicKey:
    """Retire the key and sign with a new one from now on; returns it. The caller holds the home's lock.

    The private half of the old one is gone; what was signed with it still verifies.
    """
    if not reason.strip():
        raise KeyRefused("A key is changed for a reason: say which with --reason.")
    path = home.path / SEALING_KEY_FILE
    old = raw_public(signing_key(home, ledger))
    new = Ed25519PrivateKey.generate()
    draft = _draft(path, new)
    try:
        _know(ledger, raw_public(new), by)
        before = next(one for one in ledger.notes(NOTE) if one.subject == key_id(old))
        body = {**before.body, "retired": " ".join(reason.split())}
        ledger.note([Note("", NOTE, before.subject, body, by)], before.version)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return next(one for one in public_keys(ledger) if one.raw == raw_public(new))


def public_keys(ledger: Ledger) -> list[PublicKey]:
    """Every key that the home has signed with, oldest first."""
    found: dict[str, PublicKey] = {}
    for note in ledger.notes(NOTE, newest=False):
        raw, retired, at = b64decode(note.body["public"]), str(note.body.get("retired", "")), note.at or utc_now()
        since = found[note.subject].since if note.subject in found else at
        found[note.subject] = PublicKey(note.subject, raw, since, retired, at if retired else None)
    return list(found.values())


def present_public(home: Home) -> list[bytes]:
    """The public half of the key that lies in the home, nothing where there is none or it does not open. Makes none, notes none."""
    with suppress(KeyRefused, OSError):
        return [raw_public(_load(home.path / SEALING_KEY_FILE))]
    return []


def bundle(keys: list[PublicKey]) -> str:
    """Keys as one PEM text, the newest first: what to publish beside the certificates."""
    return "".join(one.pem for one in reversed(keys))


def read_bundle(text: str) -> list[bytes]:
    """The Ed25519 keys of a PEM text. KeyRefused where there is none."""
    found = []
    for part in text.split(PEM_END)[:-1]:
        with suppress(ValueError, UnsupportedAlgorithm):
            key = load_pem_public_key((part.strip() + "\n" + PEM_END + "\n").encode())
            if isinstance(key, Ed25519PublicKey):
                found.append(key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    if not found:
        raise KeyRefused("That file holds no public key of a certificate: `countermark certificate keys` writes one.")
    return found


def _know(ledger: Ledger, raw: bytes, by: str) -> None:
    """Note a public key in the ledger, once."""
    if any(note.subject == key_id(raw) for note in ledger.notes(NOTE)):
        return
    with suppress(LedgerConflict):  # another process has just noted it
        ledger.note([Note("", NOTE, key_id(raw), {"public": b64encode(raw).decode()}, by)], 0)


def _refuse_where_one_was_lost(path: Path, ledger: Ledger) -> None:
    """A key that the ledger knows and the home lacks was lost: a new one is a person's decision, not an accident."""
    known = [one for one in public_keys(ledger) if not one.retired]
    if known and not path.exists():  # looked for again: a key is in its place before the ledger knows it
        raise KeyRefused(
            f"{SEALING_KEY_FILE} is not in the home any more: restore it from the backup, or make a new one with "
            "`countermark certificate rotate-key --lost`."
        )


def replace_lost(home: Home, ledger: Ledger, by: str, reason: str) -> PublicKey:
    """Retire whatever keys the ledger knows, where the private key is gone from the home, and make a new one."""
    if (home.path / SEALING_KEY_FILE).exists():
        raise KeyRefused("The key is still in the home: leave out --lost to change it.")
    if not reason.strip():
        raise KeyRefused("A key is changed for a reason: say which with --reason.")
    for note in ledger.notes(NOTE):
        if not note.body.get("retired"):
            body = {**note.body, "retired": " ".join(reason.split())}
            ledger.note([Note("", NOTE, note.subject, body, by)], note.version)
    raw = raw_public(signing_key(home, ledger))
    return next(one for one in public_keys(ledger) if one.raw == raw)


def _draft(path: Path, key: Ed25519PrivateKey) -> Path:
    """A whole key file beside `path`, on disk, for its owner alone."""
    draft = path.with_name(f".{SEALING_KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _encryption()))
        file.flush()
        os.fsync(file.fileno())
    return draft


def _encryption() -> KeySerializationEncryption:
    phrase = os.environ.get(PASSPHRASE, "")
    return BestAvailableEncryption(phrase.encode()) if phrase else NoEncryption()


def _load(path: Path) -> Ed25519PrivateKey:
    pem = path.read_bytes()
    locked = b"ENCRYPTED" in pem.partition(b"\n")[0]
    phrase = os.environ.get(PASSPHRASE, "")
    if locked and not phrase:
        raise KeyRefused(f"The key is locked: set {PASSPHRASE} to its passphrase.")
    try:
        key = load_pem_private_key(pem, phrase.encode() if locked else None)
    except (ValueError, UnsupportedAlgorithm):
        if locked:
            raise KeyRefused(f"The key does not open with this {PASSPHRASE}.") from None
        raise KeyRefused(f"{SEALING_KEY_FILE} is damaged: restore it from the backup.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"{SEALING_KEY_FILE} is no Ed25519 key: restore it from the backup.")
    return key
