"""The kept files without a child: each that names one is replaced by a redacted one, with a tombstone between the two hashes."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

from countermark.home import Home
from countermark.ledger.notes import Note
from countermark.ledger.purging import ROWS
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.purge.called import PURGED, Called, PurgeError
from countermark.purge.documents import is_document, redact_document
from countermark.purge.places import Places, sheets
from countermark.purge.reads import is_read, redact_read, words_of
from countermark.purge.text_files import redact_text
from countermark.purge.workbooks import redact_workbook
from countermark.readers.kinds import ZIP
from countermark.warehouse import kept

TAG, NUMBER = re.compile(rb"<[^>]*>"), re.compile(rb"<(?:\w+:)?v>[\d.eE+-]*</(?:\w+:)?v>")
LARGEST = 1 << 30  # unpacked bytes of one part that are looked into
Rows = dict[str, set[str]]


def redact_all(home: Home, ledger: Ledger, authority: str, called: Called, found: Places, by: str) -> tuple[int, int]:
    """Redact every kept file of the authority that names one of the children. Returns how many were, and how many nobody can look into.

    The order for each: the new file, the ledger's count of rows, the tombstone, the old file away.
    """
    by_hash: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in ledger.receipts():
        if receipt.sha256 and receipt.authority in (authority, ""):
            by_hash[receipt.sha256].append(receipt)
    redacted = unread = 0
    for digest, receipts in by_hash.items():
        path = kept.kept_file(home, digest)
        if not path.is_file():
            continue
        outcome = _redact(path.read_bytes(), receipts, called, found)
        if outcome is None:
            unread += 1
            continue
        content, gone = outcome
        if content is not None:
            new = kept.store(home, content)
            _note_rows(ledger, path.name, new, gone, receipts, found, by)
            kept.bury(home, path.name, new)
            redacted += 1
        _finish(home, path.name, digest)
        if any(called.in_text(receipt.file) or PURGED in receipt.file for receipt in receipts) and not kept.is_purged(
            home, digest
        ):
            kept.bury(home, digest, digest)  # the name alone had to go, and must not come back with the same file
    return redacted, unread


def hold(home: Home, ledger: Ledger, authority: str, called: Called) -> bool:
    """Whether a kept file, or a file's name, names one of the children."""
    mine = [receipt for receipt in ledger.receipts() if receipt.authority in (authority, "")]
    hashes = {receipt.sha256 for receipt in mine if receipt.sha256}
    paths = [kept.kept_file(home, digest) for digest in sorted(hashes)]
    return any(mentions(path.read_bytes(), called) for path in paths if path.is_file()) or any(
        called.in_text(receipt.file) for receipt in mine
    )


def mentions(content: bytes, called: Called) -> bool:
    """Whether a file's bytes, unpacked where they are packed, hold an id or a name that can be looked for in text."""
    return any(called.in_text(text) for text in _texts(content))


def _texts(content: bytes) -> list[str]:
    if content.startswith(ZIP):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                parts = [
                    _words(one.filename, packed.read(one)) for one in packed.infolist() if one.file_size <= LARGEST
                ]
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
            parts = []
        return [part.decode("utf-8", "replace") for part in parts]
    if is_read(content):
        return words_of(content)
    wide = [content.decode("utf-16", "replace")] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else []
    return [content.decode("utf-8", "replace"), *wide]


def _words(name: str, part: bytes) -> bytes:
    """What a part of a workbook says in words: of a sheet neither the places of cells nor numbers, which are dates or point to words."""
    return TAG.sub(b" ", NUMBER.sub(b"", part)) if name.startswith("xl/worksheets/") else part


def clear_desk(home: Home, called: Called) -> None:
    """The files that people handed in at the desk: what was redacted since lies there in its old form, and goes. What was not taken in yet
    and names a child goes from the uploads; in the home's inbox it waits, as in any other."""
    for folder in sorted(home.uploads.glob("*")):
        contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
        if any(kept.is_purged(home, sha256(one).hexdigest()) or mentions(one, called) for one in contents):
            shutil.rmtree(folder)
    for path in sorted(home.inbox.rglob("*")):
        if path.is_file() and kept.is_purged(home, sha256(path.read_bytes()).hexdigest()):
            path.unlink()


def _redact(
    content: bytes, receipts: list[Receipt], called: Called, found: Places
) -> tuple[bytes | None, set[str]] | None:
    """The redacted bytes (None where nothing had to go) and the places of the rows that went; None where nobody can look into the file."""
    mine = set().union(*(found.rows.get(receipt.delivery_id, set()) for receipt in receipts))
    read = set().union(*(found.read.get(receipt.delivery_id, set()) for receipt in receipts))
    by_sheet, lines = sheets(mine)
    if content.startswith(ZIP):
        workbook = redact_workbook(content, by_sheet, called, read)
        if workbook is None:
            if mine:
                raise PurgeError(
                    "A kept workbook was read and cannot be redacted: nothing of it was changed; report this."
                )
            return (b"", set()) if mentions(content, called) else None
        gone = {f"{sheet}!{number}" for sheet, number in workbook[1]}
        is_changed = (gone or mentions(content, called)) and workbook[0] != content
        return (workbook[0] if is_changed else None), gone
    document = redact_document(content, called) if is_document(content) else None
    if document is not None:
        return (document[0] if document[0] != content else None), mine if document[1] else set()
    if is_read(content):
        left = redact_read(content, (number for numbers in by_sheet.values() for number in numbers), called)
        return (left if left != content else None), mine
    text = redact_text(content, lines, called, not read)
    if text is None:
        return (b"", set()) if mentions(content, called) else None if content else (None, set())
    return (text[0] if text[0] != content else None), {str(line) for line in text[1]}


def _note_rows(
    ledger: Ledger, old: str, new: str, gone: set[str], receipts: list[Receipt], found: Places, by: str
) -> None:
    """How many rows of each delivery went; not a second time where a killed purge had said so already."""
    said = {(note.subject, str(note.body["into"])) for note in ledger.notes(ROWS, newest=False)}
    notes = []
    for receipt in receipts:
        own = found.rows.get(receipt.delivery_id, set()) | found.refused.get(receipt.delivery_id, set())
        rows = min(len(gone & own), receipt.rows_loaded + receipt.rows_rejected)
        if rows and (receipt.delivery_id, new) not in said:
            body = {"rows": rows, "from": old, "into": new}
            notes.append(Note(receipt.authority, ROWS, receipt.delivery_id, body, by))
    ledger.note(notes)


def _finish(home: Home, current: str, digest: str) -> None:
    """Remove an old file whose tombstone stands, which a killed purge left."""
    if current != digest:
        Path(home.deliveries / digest).unlink(missing_ok=True)
