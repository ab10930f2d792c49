"""The head of the record of decisions as a signed file, to be kept where whoever could cut the record cannot write.

The record's own chain shows every edit but one: an end that was cut off, or all of it written anew. Against a head that was kept
elsewhere both are seen; the signature says that the head is this home's and that nobody made it up.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countermark.ledger.chain import canonical
from countermark.ledger.records import Head, LedgerError, stamp
from countermark.ledger.store import Ledger
from countermark.sealing.keys import key_id, raw_public

FORMAT = "countermark head 1"
SUFFIX = ".head.json"
LARGEST = 1 << 16
NONE = "That file is no head of a record of decisions: `countermark audit head` writes one."
ALTERED = "The head has been altered since it was signed: take another copy of it."
FOREIGN = "The head is signed with another key than any of this home's: it is another home's, or somebody made it up."


@dataclass(frozen=True)
class KeptHead:
    """A head read from its file, its signature held: the newest entry then, and when it was taken."""

    head: Head
    at: str


def write_head(ledger: Ledger, key: Ed25519PrivateKey) -> str:
    """The file's text: number and hash of the newest entry, when it was taken, signed. No name and no child."""
    head, public = ledger.head(), raw_public(key)
    said = {"seq": head.seq, "hash": head.hash, "at": stamp(ledger.clock())}
    whole = {
        "format": FORMAT, **said, "key_id": key_id(public), "public_key": b64encode(public).decode(),
        "signature": b64encode(key.sign(_signed(said))).decode(),
    }  # fmt: skip
    return json.dumps(whole, indent=2) + "\n"


def read_head(text: str | bytes, trusted: Iterable[bytes]) -> KeptHead:
    """The head of a file's text. LedgerError in a sentence where it is none, was altered, or is signed with none of the `trusted` keys
    (raw public ones)."""
    try:
        if len(text) > LARGEST:
            raise ValueError
        whole = json.loads(text)
        said = {"seq": whole["seq"], "hash": whole["hash"], "at": whole["at"]}
        public, signature = (b64decode(whole[name], validate=True) for name in ("public_key", "signature"))
        if (
            whole["format"] != FORMAT
            or type(said["seq"]) is not int
            or not all(map(str.isascii, (said["hash"], said["at"])))
        ):
            raise ValueError
        signed = _signed(said)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise LedgerError(NONE) from None
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise LedgerError(ALTERED) from None
    if public not in set(trusted):
        raise LedgerError(FOREIGN)
    return KeptHead(Head(said["seq"], said["hash"]), said["at"])


def _signed(said: dict[str, object]) -> bytes:
    return f"{FORMAT}\n{canonical(said)}".encode()
