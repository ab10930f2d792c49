"""What a file is, by its first bytes and never by its name; and the refusals that need no reading."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from countermark.readers.sheets import Refusal

Kind = Literal["workbook", "text", "xml"]
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
HEAD = 4096
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def kind_of(path: Path) -> Kind:
    """What the file holds. Raises Refusal for what is none of workbook, text and XML."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise Refusal("The file is empty: send it again.")
    if head.startswith(OLE):
        raise Refusal(_old_or_locked(path))
    if head.startswith(ZIP):
        return "workbook"
    text = _start_of_text(head)
    if text is None:
        raise Refusal("The file is neither a workbook (.xlsx) nor text (.csv) nor XML: send it in one of these forms.")
    return "xml" if text.lstrip("\ufeff \t\r\n").startswith("<") else "text"


def encoding_of(data: bytes) -> str:
    """The encoding of a text file: by its mark, else UTF-8 where it is valid UTF-8, else Windows-1252."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _old_or_locked(path: Path) -> str:
    with path.open("rb") as file:
        if ENCRYPTED in file.read(1 << 20):
            return "The workbook is protected by a password: save it without one and send it again."
    return "The file is in the old Excel format or is a protected document: save it as .xlsx without a password."


def _start_of_text(head: bytes) -> str | None:
    """The start of a text file as text; None where the bytes are no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    if b"\0" in head or head.startswith((b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")):
        return None
    return head.decode("utf-8", errors="replace")
