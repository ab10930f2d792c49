"""A certificate document with its signature in one file, and what can be said of such a file. No database here.

The signature covers the document's canonical JSON, so that any change of any field is found. The file carries the public key for
convenience; whose key it is, only a key from elsewhere can tell.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from countermark.ledger.chain import canonical
from countermark.sealing.keys import key_id, raw_public

FORMAT = "countermark certificate 1"
SUFFIX = ".certificate.json"
MEMBERS = {"format", "certificate", "key_id", "public_key", "signature"}
LARGEST = 1 << 20
Finding = Literal["genuine", "unknown key", "another key", "altered"]
SAY: dict[Finding, str] = {
    "genuine": "Genuine: signed with the key, and nothing has been changed since.",
    "unknown key": "Unchanged since it was signed, but nothing here says whose key that is: compare it with a key that the council has "
    "published, or with the council's own records.",
    "another key": "Not genuine: signed with another key.",
    "altered": "Not genuine: altered or damaged since it was signed.",
}


@dataclass(frozen=True)
class Verdict:
    """What can be said of a file. `certificate` is its content where the signature holds, else None: nothing of it is to be believed."""

    finding: Finding
    key_id: str = ""
    certificate: Mapping[str, Any] | None = None

    @property
    def says(self) -> str:
        """The finding as a sentence."""
        return SAY[self.finding]


def seal(certificate: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """The file's text: the document, the key's id and public half, and the signature. Same document and key, same text."""
    public = raw_public(key)
    whole = {
        "format": FORMAT, "certificate": certificate, "key_id": key_id(public), "public_key": b64encode(public).decode(),
        "signature": b64encode(key.sign(_signed(certificate))).decode(),
    }  # fmt: skip
    text = json.dumps(json.loads(canonical(whole)), sort_keys=True, indent=2, ensure_ascii=False)
    return text + "\n"


def _signed(certificate: Mapping[str, Any]) -> bytes:
    return f"{FORMAT}\n{canonical(certificate)}".encode()


def verify(text: str | bytes, trusted: Iterable[bytes] | None = None) -> Verdict:
    """What can be said of a file's text. `trusted` are raw public keys known from elsewhere; None where there is none at hand."""
    whole = _read(text)
    if whole is None:
        return Verdict("altered")
    certificate, public, signature = whole
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _signed(certificate))
    except (InvalidSignature, ValueError, TypeError):
        return Verdict("altered", key_id(public))
    if trusted is None:
        return Verdict("unknown key", key_id(public), certificate)
    if public not in set(trusted):
        return Verdict("another key", key_id(public), None)
    return Verdict("genuine", key_id(public), certificate)


def _read(text: str | bytes) -> tuple[dict[str, Any], bytes, bytes] | None:
    """Document, public key and signature; None where the text is no whole certificate file."""
    if len(text) > LARGEST:
        return None
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        whole = json.loads(plain, object_pairs_hook=_no_name_twice)
        if set(whole) != MEMBERS or whole["format"] != FORMAT or not isinstance(whole["certificate"], dict):
            return None
        public = b64decode(whole["public_key"], validate=True)
        signature = b64decode(whole["signature"], validate=True)
        canonical(whole["certificate"])
        if whole["key_id"] != key_id(public):
            return None
    except (ValueError, TypeError, KeyError, NotBase64, RecursionError):
        return None
    return whole["certificate"], public, signature


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that says one name twice: two programs could read two things in it."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)
