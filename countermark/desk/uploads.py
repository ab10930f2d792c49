"""Files that people hand in at the desk: received, looked at, given a meaning where their headings are unknown, delivered, run.

A file's own name is never kept: it can be a child's. Until it is delivered a file lies in `home/uploads/<id>`, afterwards in the home's
own inbox, where a run (a process of its own) takes it in like every other delivery.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from countermark.contracts.catalogue import Catalogue
from countermark.home import Home
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError, Receipt
from countermark.ledger.store import Ledger
from countermark.looking import Looked, look
from countermark.readers.headings import headings_key, layout_of
from countermark.readers.process import Headings, Reader
from countermark.warehouse.learned import KIND, mapping, remember
from countermark.warehouse.raw import scratch

LARGEST = 20 << 20  # bytes; a list of 100,000 rows takes about 10 MB as a workbook
KEPT_HOURS = 48  # what nobody delivered goes after that
FOLDER = "uploads"
SUFFIXES = {b"PK\x03\x04": ".xlsx", b"<": ".xml", b"\xef\xbb\xbf<": ".xml"}
DETAILS, CONTENT = "upload.json", "content"
MANUAL = "manual"
KEPT_BY_TEAMS = (MANUAL, "trackers")  # the families that a team manager hands in


@dataclass(frozen=True)
class Upload:
    """One file handed in. `file` is its path below the home's inbox, empty until it is delivered; `notes` are mappings chosen for it."""

    id: str
    authority: str
    username: str
    by: str
    at: str
    size: int
    suffix: str
    extracted_on: str = ""
    file: str = ""
    mapped: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()

    @property
    def delivered(self) -> bool:
        """Whether it lies in the inbox."""
        return bool(self.file)


@dataclass(frozen=True)
class Preview:
    """What would become of an upload: its lists, and the header rows that nobody knows yet. `refused` says why this person cannot
    deliver it, in a sentence; empty where it can be delivered."""

    lists: tuple[Looked, ...]
    unknown: tuple[Headings, ...]
    refused: str = ""

    @property
    def loads(self) -> bool:
        """Whether any row would load."""
        return any(one.loads for one in self.lists)


def receive(home: Home, content: BinaryIO, authority: str, username: str, by: str) -> Upload:
    """Keep what was uploaded, for its sender alone. LedgerError where it is empty or larger than LARGEST."""
    clear_old(home)
    upload_id = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(8)}"
    folder = home.uploads / upload_id
    folder.mkdir(mode=0o700, parents=True)
    try:
        size, head = _write(content, folder / CONTENT)
    except LedgerError:
        shutil.rmtree(folder)
        raise
    suffix = next((suffix for start, suffix in SUFFIXES.items() if head.startswith(start)), ".csv")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return _save(home, Upload(upload_id, authority, username, by, at, size, suffix))


def _write(content: BinaryIO, path: Path) -> tuple[int, bytes]:
    size, head = 0, b""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := content.read(1 << 20):
            head = head or chunk[:8]
            size += len(chunk)
            if size > LARGEST:
                raise LedgerError(
                    f"The file is larger than {LARGEST >> 20} MB: split it, or deliver it through the inbox."
                )
            file.write(chunk)
    if not size:
        raise LedgerError("The file is empty: an empty list is not taken as zero.")
    return size, head


def find(home: Home, upload_id: str, username: str | None = None) -> Upload | None:
    """The upload of that id; None where there is none, or where it is another person's (`username` None: anybody's)."""
    if not upload_id.replace("-", "").isalnum():
        return None
    details = home.uploads / upload_id / DETAILS
    if not details.is_file():
        return None
    said = json.loads(details.read_text(encoding="utf-8"))
    said["mapped"] = tuple((key, contract, tuple(map(tuple, columns))) for key, contract, columns in said["mapped"])
    found = Upload(**said)
    return found if username in (None, found.username) else None


def throw_away(home: Home, upload: Upload) -> None:
    """Forget an upload that was not delivered."""
    if not upload.delivered:
        shutil.rmtree(home.uploads / upload.id, ignore_errors=True)


def clear_old(home: Home) -> None:
    """Forget what nobody delivered, or was delivered, KEPT_HOURS ago."""
    before = (datetime.now(UTC) - timedelta(hours=KEPT_HOURS)).timestamp()
    for folder in home.uploads.glob("*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)


def preview(
    home: Home, ledger: Ledger, catalogue: Catalogue, upload: Upload, teams: Sequence[str] | None, today: date
) -> Preview:
    """What intake would make of the upload, with every mapping known and those chosen for it. `teams` are those that the sender may
    speak for; None where there is no such limit."""
    path = home.uploads / upload.id / f"upload{upload.suffix}"
    if not path.exists():
        path.hardlink_to(home.uploads / upload.id / CONTENT)
    learned = [*ledger.notes(KIND), *_chosen(catalogue, upload)]
    found = tuple(look(path, ledger.authority_text(upload.authority), catalogue, learned))
    lists = tuple(one for one in found if one.title)
    unknown = () if any(one.loads for one in lists) else _headings(home, catalogue, path)
    return Preview(found, unknown, _refusal(lists, catalogue, teams, today))


def _chosen(catalogue: Catalogue, upload: Upload) -> list[Note]:
    return [
        Note(upload.authority, KIND, key, {"contract": contract, "columns": dict(columns)}, upload.by)
        for key, contract, columns in upload.mapped
    ]


def _headings(home: Home, catalogue: Catalogue, path: Path) -> tuple[Headings, ...]:
    layouts = [layout_of(contract) for contract in catalogue.contracts.values()]
    with scratch(home) as folder, Reader(layouts, folder) as reader:
        return reader.headings(path)


def _refusal(lists: Sequence[Looked], catalogue: Catalogue, teams: Sequence[str] | None, today: date) -> str:
    if not any(one.loads for one in lists):
        return "No row of it could be taken: see what to mend, and choose it again."
    late = sorted({day for one in lists for day in one.as_ats if day > today})
    if late:
        return f"It speaks of {late[0]:%d/%m/%Y}, which has not come yet: mend as_at."
    if teams is None:
        return ""
    others = [one for one in lists if catalogue.contracts[one.receipt.contract].family not in KEPT_BY_TEAMS]
    if others:
        return f"It holds {others[0].title}: team managers hand in counts, their lists and trackers; the performance team takes the rest."
    foreign = sorted({team for one in lists for team in one.folded_teams} - set(teams))
    if foreign:
        return (
            "It holds rows of a team that is not yours: send those rows to that team's manager, and take them out here."
        )
    return ""


def choose_columns(
    home: Home, catalogue: Catalogue, upload: Upload, headings: Sequence[str], contract: str, columns: Mapping[str, str]
) -> Upload:
    """Note what the sender says that headings mean; stored for good only when the file is delivered."""
    note = mapping(catalogue, upload.authority, headings, contract, columns, upload.by)
    body = dict(note.body)
    others = tuple(one for one in upload.mapped if one[0] != headings_key(headings))
    chosen = (note.subject, str(body["contract"]), tuple(sorted(dict(body["columns"]).items())))
    return _save(home, replace(upload, mapped=(*others, chosen)))


def deliver(
    home: Home, ledger: Ledger, catalogue: Catalogue, upload: Upload, extracted_on: date | None = None
) -> Upload:
    """Put the file into the home's own inbox, with what speaks for it, and remember its mappings. The run is started.py's."""
    if upload.delivered:
        raise LedgerError("This file has been handed in already.")
    for note in _chosen(catalogue, upload):
        remember(ledger, note)
    target = home.inbox / FOLDER
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{upload.id}{upload.suffix}"
    said = [f'authority = "{upload.authority}"'] + (
        [f"extracted_on = {extracted_on.isoformat()}"] if extracted_on else []
    )
    (target / f"{name}.delivery.toml").write_text("\n".join([*said, ""]), encoding="utf-8")
    draft = target / f"~${name}"  # intake leaves such names be
    shutil.copyfile(home.uploads / upload.id / CONTENT, draft)
    draft.replace(target / name)
    for kept in (CONTENT, f"upload{upload.suffix}"):
        (home.uploads / upload.id / kept).unlink(missing_ok=True)
    return _save(
        home, replace(upload, file=f"{FOLDER}/{name}", extracted_on=extracted_on.isoformat() if extracted_on else "")
    )


def receipts(ledger: Ledger, upload: Upload) -> list[Receipt]:
    """What became of a delivered upload: one receipt per list; none until the run has taken it in."""
    return [one for one in ledger.receipts() if upload.file and one.file == upload.file]


def _save(home: Home, upload: Upload) -> Upload:
    details = home.uploads / upload.id / DETAILS
    draft = details.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(upload)), encoding="utf-8")
    draft.replace(details)
    return upload
