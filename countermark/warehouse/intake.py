"""From an inbox to raw rows and receipts: every file below it is taken once, read in a process with limits, and accounted for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import duckdb

from countermark.contracts.authority import parse_authority
from countermark.contracts.catalogue import Catalogue
from countermark.home import Home
from countermark.ledger.records import Receipt
from countermark.ledger.same_bytes import says_none
from countermark.ledger.store import Ledger
from countermark.readers.process import FileAnswer, Limits, Reader
from countermark.warehouse import raw
from countermark.warehouse.belongs import Said, refusal
from countermark.warehouse.connect import quiet, statements
from countermark.warehouse.directions import Direction, read_directions
from countermark.warehouse.inbox import SETTLE_SECONDS, Found, has_changed, scan
from countermark.warehouse.kept import is_purged, kept_file
from countermark.warehouse.learned import layouts_of as learned_layouts
from countermark.warehouse.published import COMPARATOR, headings_of, layouts_of
from countermark.warehouse.receipts import LINK, UNREADABLE, Delivered, draft, duplicates, settle_counts, stated
from countermark.warehouse.typed import create_typed

CHUNK = 1 << 20
PRIVATE_FILE = 0o600
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class IntakeSummary:
    """What an intake came to: the new receipts in ledger order, how many files were known, which still grow, what to say."""

    receipts: tuple[Receipt, ...] = ()
    files: int = 0
    known: int = 0
    growing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[Receipt, ...]:
        """The new receipts of which nothing was loaded, duplicates left out."""
        return tuple(receipt for receipt in self.receipts if receipt.status == "rejected")


@dataclass
class Intake:
    """One intake under way."""

    home: Home
    catalogue: Catalogue
    ledger: Ledger
    con: duckdb.DuckDBPyConnection
    now: datetime
    taken: dict[tuple[str, str, str], None] = field(default_factory=dict)
    originals: dict[tuple[str, str], list[Receipt]] = field(default_factory=dict)
    drafts: list[Receipt] = field(default_factory=list)
    growing: list[str] = field(default_factory=list)

    def remember(self, receipts: Iterable[Receipt]) -> None:
        """Note what has a receipt: the same bytes at the same path are known, at a later path they are a duplicate."""
        for receipt in receipts:
            self.taken[receipt.authority, receipt.file, receipt.sha256] = None
            if says_none(receipt):
                continue
            if receipt.sha256 and receipt.authority and receipt.status not in ("duplicate", "withdrawn"):
                same = self.originals.setdefault((receipt.authority, receipt.sha256), [])
                if same and receipt.file < same[0].file:
                    same.clear()  # the first by path counts, whichever came first
                if not same or receipt.file == same[0].file:
                    same.append(receipt)

    def take(self, entry: Found, direction: Direction, reader: Reader) -> None:
        """Take one entry of the inbox: nothing where it is known or still grows, else its receipts and rows."""
        digest = "" if entry.is_link else _keep(entry.path, self.home)
        if has_changed(entry):
            self.growing.append(entry.name)
            return
        authority = direction.authority
        if (authority, entry.name, digest or "") in self.taken:
            return
        if (
            digest
            and is_purged(self.home, digest)
            and any((one[0], one[2]) == (authority, digest) for one in self.taken)
        ):
            return  # known, whatever its name is now: a name may be what had to go
        delivered = Delivered(entry.name, digest or "", authority, direction.extracted_on, self.now)
        if not digest:
            new = draft(delivered, FileAnswer(reason=LINK if entry.is_link else UNREADABLE), self.catalogue)
        elif (same := self.originals.get((authority, digest))) and same[0].file < entry.name:
            new = duplicates(delivered, same)
        else:
            new = self._read(entry, delivered, direction, reader)
        self.drafts.extend(new)
        self.remember(new)

    def _read(self, entry: Found, delivered: Delivered, direction: Direction, reader: Reader) -> list[Receipt]:
        answer = reader.read(kept_file(self.home, delivered.sha256))
        if not answer.sheets and self._is_published(delivered):
            answer = replace(answer, reason=COMPARATOR)
        if has_changed(entry):
            self.growing.append(entry.name)
            return []
        refused = direction.refused or refusal(self.con, self.catalogue, answer, self._said(direction))
        if refused:
            sheets = [replace(s, state="refused", rows_in=s.rows_in, rows_ignored=0, reason="") for s in answer.sheets]
            answer = FileAnswer(tuple(sheets), refused)
            if ("", entry.name, delivered.sha256) in self.taken:
                return []  # it was refused before, and nothing that is said of it has changed that
            delivered = replace(delivered, authority="")
        if delivered.extracted_on is None:
            delivered = replace(delivered, extracted_on=stated(answer, self.now.date()))
        if delivered.extracted_on is None:
            delivered = replace(delivered, inferred_on=self._latest_event(answer))
        new = draft(delivered, answer, self.catalogue)
        for receipt in new:
            sheets = [s for s in answer.sheets if s.contract == receipt.contract]
            raw.store(self.con, self.catalogue.contracts.get(receipt.contract), receipt.delivery_id, sheets)
        return new

    def _is_published(self, delivered: Delivered) -> bool:
        headings = headings_of(kept_file(self.home, delivered.sha256))
        return any(layouts_of(headings, self.catalogue.comparators))

    def _said(self, direction: Direction) -> Said:
        text = self.ledger.authority_text(direction.authority) if direction.authority else None
        authority = parse_authority(text) if text else None
        return Said(direction.authority, authority, direction.extracted_on, direction.period)

    def _latest_event(self, answer: FileAnswer) -> date | None:
        """The latest date of an event in the file that is not after its receipt; None where it holds none."""
        latest: date | None = None
        for sheet in answer.sheets:
            if sheet.state != "loaded":
                continue
            with raw.arrow(self.con, sheet.rows):
                there = {row[0] for row in self.con.execute("describe delivered").fetchall()}
                columns = self.catalogue.contracts[sheet.contract].columns
                dates = [n for n, c in columns.items() if c.type == "date" and not c.birth and n in there]
                for name in dates:
                    said = f'select distinct "{name}" as said from delivered'  # a column says few dates many times
                    query = f"select max(d) from (select as_date(said) as d from ({said})) where d <= ?::date"
                    found = self.con.execute(query, [self.now.date()]).fetchall()[0][0]
                    latest = max(filter(None, (latest, found)), default=None)
        return latest


def intake(
    home: Home,
    inbox: Path,
    authority_code: str | None,
    catalogue: Catalogue,
    ledger: Ledger,
    con: duckdb.DuckDBPyConnection,
    progress: Progress | None = None,
    *,
    settle: float = SETTLE_SECONDS,
    limits: Limits | None = None,
) -> IntakeSummary:
    """Take in every file below `inbox` that is new. `progress` is told how many files of how many are done.

    Raw, typed and the receipts change together: ended anywhere, the next intake leaves the same as if nothing had happened.
    Raises EngineError (without a cell's value) where the database fails, OSError where the home cannot be written.
    """
    contents = scan(inbox, settle)
    directions = read_directions(contents.directions, home, ledger, authority_code, catalogue)
    layouts = learned_layouts(catalogue, ledger)
    stored = ledger.receipts()
    with (
        quiet("taking in the deliveries"),
        raw.scratch(home) as folder,
        Reader(layouts, folder, limits or Limits()) as reader,
    ):
        if contents.deliveries and not stored:
            reader.start()  # it makes itself ready while the tables are made
        raw.mend(home, catalogue, ledger, con, limits)
        work = Intake(home, catalogue, ledger, con, ledger.clock())
        work.remember(stored)
        con.execute("begin")
        try:
            for statement in statements(catalogue.shared("typed_macros")):
                con.execute(statement)
            for done, entry in enumerate(contents.deliveries, start=1):
                work.take(entry, directions.for_file(entry.name), reader)
                if progress:
                    progress(done, len(contents.deliveries))
            first = max((receipt.seq for receipt in stored), default=0) + 1
            pending = [replace(receipt, seq=first + index) for index, receipt in enumerate(work.drafts)]
            create_typed(con, catalogue, ledger, pending)
            new = ledger.add_receipts(settle_counts(con, pending))
            con.execute("commit")
        except BaseException:
            con.execute("rollback")
            raise
    known = len(contents.deliveries) - len({r.file for r in new}) - len(work.growing)
    return IntakeSummary(
        tuple(new), len(contents.deliveries), known, (*contents.growing, *work.growing), tuple(directions.notes)
    )


def _keep(path: Path, home: Home) -> str | None:
    """Copy a file into the home under the hash of its bytes, once; the hash, or None where it cannot be opened."""
    try:
        source = path.open("rb")
    except OSError:
        return None
    total = sha256()
    part = home.tmp / f"copy-{os.getpid()}"
    with source, os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE), "wb") as copy:
        while chunk := source.read(CHUNK):
            total.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    kept = home.deliveries / total.hexdigest()
    if kept.exists() or is_purged(home, total.hexdigest()):
        part.unlink()
    else:
        part.replace(kept)
    return total.hexdigest()
