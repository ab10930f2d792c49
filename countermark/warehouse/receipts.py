"""Receipts: one for each file and contract, saying what became of every row. Their counts always add up."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.ledger.records import Receipt
from countermark.ledger.same_bytes import same_as
from countermark.readers.process import FileAnswer, SheetAnswer

LINK = "This is a link, and links are never followed: put the file itself into the folder."
UNREADABLE = "The file cannot be opened: give the account that runs this the right to read it."
NO_ROW = "The return has no row of this list, and is taken to say that there are none."
ID_DIGITS = 10


@dataclass(frozen=True)
class Delivered:
    """A file as it came: path below the inbox, hash, whose it is, when it was taken (stated or inferred) and received."""

    file: str
    sha256: str
    authority: str
    extracted_on: date | None
    received_at: datetime
    inferred_on: date | None = None

    def id(self, contract: str) -> str:
        """The delivery id for one contract of this file; for no contract the part before the dash."""
        digest = sha256(f"{self.authority}{self.file}{self.sha256}".encode()).hexdigest()[:ID_DIGITS]
        return f"{digest}-{contract}" if contract else digest


def draft(delivered: Delivered, answer: FileAnswer, catalogue: Catalogue) -> list[Receipt]:
    """The receipts of a file that was read, before its rows were judged: loaded stands for "has rows that may load"."""
    contracts = sorted({sheet.contract for sheet in answer.sheets}, key=lambda id: (id == "", id))
    complete = not answer.reason and all(sheet.state != "refused" for sheet in answer.sheets)
    if not contracts:
        return [replace(_blank(delivered, ""), reason=answer.reason, file_complete=False)]
    drafts = []
    for contract in contracts:
        sheets = [sheet for sheet in answer.sheets if sheet.contract == contract]
        loadable = any(sheet.state == "loaded" for sheet in sheets) and not answer.reason
        rows_in, ignored = sum(s.rows_in for s in sheets), sum(s.rows_ignored for s in sheets)
        is_none = not rows_in and not answer.reason and _says_none(delivered, sheets, catalogue)
        drafts.append(
            replace(
                _blank(delivered, contract),
                rows_in=rows_in,
                rows_ignored=ignored,
                rows_rejected=rows_in - ignored,
                status="loaded" if loadable or is_none else "rejected",
                reason=answer.reason or (NO_ROW if is_none else _reasons(sheets)),
                file_complete=complete,
            )
        )
    return drafts


def _says_none(delivered: Delivered, sheets: Sequence[SheetAnswer], catalogue: Catalogue) -> bool:
    """Whether a list without rows is one: a return's, and something but its arrival says of which day it is."""
    contract = catalogue.contracts.get(sheets[0].contract)
    dated = delivered.extracted_on or delivered.inferred_on
    return (
        contract is not None and contract.may_be_empty and dated is not None and all(s.state == "empty" for s in sheets)
    )


def _blank(delivered: Delivered, contract: str) -> Receipt:
    extracted_on = delivered.extracted_on or delivered.inferred_on or delivered.received_at.date()
    return Receipt(
        authority=delivered.authority,
        delivery_id=delivered.id(contract),
        file=delivered.file,
        sha256=delivered.sha256,
        contract=contract,
        extracted_on=extracted_on if contract else delivered.extracted_on,
        extracted_on_inferred=bool(contract) and delivered.extracted_on is None,
        received_at=delivered.received_at,
        rows_in=0,
        rows_loaded=0,
        rows_rejected=0,
        rows_ignored=0,
        status="rejected",
    )


def stated(answer: FileAnswer, today: date) -> date | None:
    """The extract date that a document gives itself, the earliest where it gives several; None where none is a day before today."""
    days = []
    for said in answer.extracted:
        with suppress(ValueError):
            days.append(date.fromisoformat(said[:10]))
    return min((day for day in days if day <= today), default=None)


def _reasons(sheets: Sequence[SheetAnswer]) -> str:
    return " ".join(dict.fromkeys(sheet.reason for sheet in sheets if sheet.reason))


def duplicates(delivered: Delivered, originals: Sequence[Receipt]) -> list[Receipt]:
    """The receipts of bytes that came before at another path: all rows ignored."""
    return [
        replace(
            _blank(delivered, original.contract),
            extracted_on=original.extracted_on,
            extracted_on_inferred=original.extracted_on_inferred,
            rows_in=original.rows_in,
            rows_ignored=original.rows_in,
            status="duplicate",
            reason=same_as(original.file),
        )
        for original in originals
    ]


def settle_counts(con: duckdb.DuckDBPyConnection, pending: Sequence[Receipt]) -> list[Receipt]:
    """The drafted receipts with the counts, status and reason that the typed rows came to. Whether one is held is asked of all together,
    each time, and no receipt says it."""
    rows = con.execute(
        """
        select delivery_id, rows_loaded, rows_rejected, status, reason from typed.came_to
        where delivery_id in (select unnest(?::varchar[]))
        """,
        [[receipt.delivery_id for receipt in pending]],
    ).fetchall()
    found = {
        row[0]: dict(zip(("rows_loaded", "rows_rejected", "status", "reason"), row[1:], strict=True)) for row in rows
    }
    return [replace(receipt, **found[receipt.delivery_id]) for receipt in pending]
