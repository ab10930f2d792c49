"""Dip samples that came back: each row that holds what a drawn file says is recorded, once, by whoever handed it in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify import dip, dip_results
from countermark.certify.answers import NOTE
from countermark.certify.judge import Figure
from countermark.certify.snapshot import NothingPublishedError, find
from countermark.exports.dip_sheet import CONTRACT, key_of
from countermark.home import Home
from countermark.ledger import row_keys
from countermark.ledger.append import MACHINE
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError, LedgerUnwritable
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import quiet

ROWS = """
select row_number, case_id, file_says, file_says_unusable, looked_on, looked_on_unusable, filled_in_by, indicator_id, team, as_at, row_key
from typed.manual_dip_samples where delivery_id = ? and reject_reason is null order by row_number
"""
Told = tuple[str, str, str]  # outcome, heading, reason


def take(
    home: Home, ledger: Ledger, con: duckdb.DuckDBPyConnection, today: date, by_file: dict[str, str]
) -> Counter[str]:
    """Record what the rows of every dip sample say that no run has taken; how many came to what. `by_file`: who handed a file in."""
    done, tally, key = {note.subject for note in ledger.notes(NOTE)}, Counter[str](), pseudonym_key(home.path)
    for receipt in ledger.receipts():
        if (
            receipt.contract != CONTRACT
            or receipt.status not in ("loaded", "loaded_with_rejects")
            or receipt.delivery_id in done
        ):
            continue
        try:
            snapshot = find(home)
        except NothingPublishedError:
            break
        with quiet("reading the dip sample's rows"):
            cursor = con.execute(ROWS, [receipt.delivery_id])
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        said = {" ".join(row["filled_in_by"].split()) for row in rows if row["filled_in_by"]}
        days = {row["looked_on"] for row in rows if row["looked_on"]}
        only = (
            by_file.get(receipt.file) or (said.copy().pop() if len(said) == 1 else ""),
            days.pop() if len(days) == 1 else None,
        )
        drawn = _drawn(ledger, snapshot, key, receipt.authority, rows)
        found = [
            (row["row_number"], *_record(ledger, snapshot, key, drawn, receipt.authority, row, only, today))
            for row in rows
        ]
        names_of = by_file.get(receipt.file) or "; ".join(sorted(said))
        body = {"rows": [list(one) for one in found], "by": names_of}
        ledger.note([Note(receipt.authority, NOTE, receipt.delivery_id, body, names_of or MACHINE)], 0)
        tally.update(one[1] for one in found)
    return tally


def _drawn(
    ledger: Ledger, snapshot: Path, key: bytes, authority: str, rows: list[dict[str, Any]]
) -> dict[str, dip.Drawn]:
    """The files drawn of the figures that the rows name, by what the ledger calls them."""
    wanted = {(row["indicator_id"], row["as_at"]) for row in rows if row["indicator_id"] and row["as_at"]}
    every = [dip.standing(ledger, snapshot, key, Figure(authority, *one, "", False)) for one in sorted(wanted)]
    return {one.subject: one for found in every for one in found}


def _record(
    ledger: Ledger,
    snapshot: Path,
    key: bytes,
    drawn: Mapping[str, dip.Drawn],
    authority: str,
    row: dict[str, Any],
    only: tuple[str, date | None],
    today: date,
) -> Told:
    if not row["file_says"] and not row["file_says_unusable"]:
        return "ignored", "", "Nothing is said in it."
    mark = dip.mark(key, authority, row["indicator_id"], row["case_id"])
    one = dip.Drawn(authority, row["indicator_id"], row["as_at"], row["case_id"], row["team"], mark, 0, 0)
    said = row_keys.read(row["row_key"] or "")
    if said is None or key_of(key, replace(one, round=said.version)) != (row["row_key"] or "").strip():
        return "refused", "Row key", "The row is not as it was sent out: its key belongs to another file."
    if row["file_says_unusable"]:
        return "refused", "File says", "Choose an entry of the list."
    looked_on = row["looked_on"] or (None if row["looked_on_unusable"] else only[1])
    if looked_on is None:
        return "refused", "Looked on", "Say when the file was read, as day/month/year."
    by = only[0] or " ".join((row["filled_in_by"] or "").split())
    try:
        result = dip_results.Result(row["file_says"], looked_on)
        mine = drawn.get(one.subject, one)
        seen = dip_results.seen_by(ledger, mine, by)
        dip_results.record(ledger, snapshot, mine, result, by, today, seen)
    except LedgerUnwritable:
        raise
    except LedgerError as error:
        return "refused", "Filled in by" if not by else "File says", str(error)
    return "applied", "", ""
