"""Workbooks of differences that came back: what each row comes to (`answered`), and the decisions, by whoever handed the workbook in.

Every row that was loaded is applied, refused with its cell and a reason, ignored since nothing is decided in it, or a question about a
child whom nobody's list holds; none is lost. The ledger says so once for each delivery, so that no run takes a decision twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify.answers import NOTE, record_answers
from countermark.certify.each import decide_each
from countermark.certify.snapshot import NothingPublishedError, find, read
from countermark.desk import comments, files_read, uploads
from countermark.desk.answered import WHO, WORDS, Known, Outcome, Row, judge
from countermark.desk.figures import Rows, rows_of
from countermark.exports.dip_sheet import CONTRACT as SAMPLE
from countermark.exports.sent_out import CONTRACT
from countermark.home import Home
from countermark.ledger.append import MACHINE
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError, LedgerUnwritable
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from countermark.warehouse.connect import quiet

ROWS = """
select row_number, source_row, difference, case_id, who_is_right, who_is_right_unusable, how_it_came_about, how_it_came_about_unusable,
    in_your_words, until, until_unusable, filled_in_by, indicator_id, team, as_at, row_key
from typed.manual_decisions where delivery_id = ? and reject_reason is null order by row_number
"""
BOUND = """
select break_id, as_at, string_agg(distinct bound_to, ' ' order by bound_to) as bound_to
from main.breaks where authority = $authority and list_contains($breaks::varchar[], break_id) and state <> 'closed' group by all
"""
CHILDREN = """
select distinct said from (select unnest($said::varchar[]) as said)
where said in (select case_id from main.members where authority = $authority union all select child_id from main.members
    where authority = $authority union all select case_id from main.breaks where authority = $authority)
    or split_part(said, '/', 1) in (select child_id from main.members where authority = $authority)
"""


def take(home: Home, ledger: Ledger, con: duckdb.DuckDBPyConnection, today: date) -> dict[str, int]:
    """Take every workbook of the open warehouse that no run has taken; how many rows came to what. Those that come before there is a
    publication wait for it."""
    done, tally = {note.subject for note in ledger.notes(NOTE)}, Counter[str]()
    waiting = [
        one
        for one in ledger.receipts()
        if one.contract == CONTRACT and one.status in ("loaded", "loaded_with_rejects") and one.delivery_id not in done
    ]
    for receipt in waiting:
        with quiet("reading the workbook's rows"):
            rows = [Row(*found) for found in con.execute(ROWS, [receipt.delivery_id]).fetchall()]
        try:
            snapshot = find(home)
        except NothingPublishedError:
            break
        by = _handed_in_by(home, receipt.file)
        found = decided(
            ledger, snapshot, pseudonym_key(home.path), receipt.authority, rows, by, receipt.delivery_id, today
        )
        said = [[one.row.number, one.outcome, one.heading, one.reason] for one in found]
        names = by or "; ".join(sorted({" ".join(row.filled_in_by.split()) for row in rows if row.filled_in_by}))
        ledger.note(
            [Note(receipt.authority, NOTE, receipt.delivery_id, {"rows": said, "by": names}, names or MACHINE)], 0
        )
        tally.update(one.outcome for one in found)
    by_file = {
        one.file: by for one in ledger.receipts() if one.contract == SAMPLE and (by := _handed_in_by(home, one.file))
    }
    tally.update(files_read.take(home, ledger, con, today, by_file))
    record_answers(con, ledger)
    return dict(tally)


def _handed_in_by(home: Home, file: str) -> str:
    """Who handed a file in on a page; empty where it came through the drop folder."""
    folder, _, name = file.partition("/")
    found = uploads.find(home, Path(name).stem) if folder == uploads.FOLDER else None
    return found.by if found and found.file == file else ""


def decided(
    ledger: Ledger,
    snapshot: Path,
    key: bytes,
    authority: str,
    rows: Sequence[Row],
    by: str,
    delivery_id: str,
    today: date,
) -> list[Outcome]:
    """What each row comes to, its decision stored where it has one. `by` is who handed the rows in; without, each row's own cell, or the
    one name that any row has."""
    with read(snapshot) as con:
        ask = rows_of(con)
        known = _known(ledger, ask, authority, rows)
        found = [_refuse_named(ask, one) for one in judge(rows, key, authority, known, today)]
    mine = {name for name, last in known.decided.items() if last.evidence == delivery_id}  # of a run that was killed
    found = [Outcome(one.row, "applied") if _is_stored(one, mine) else one for one in found]
    names = {" ".join(row.filled_in_by.split()) for row in rows if row.filled_in_by}
    only = names.pop() if len(names) == 1 else ""
    groups: dict[tuple[Any, ...], list[Outcome]] = {}
    for one in found:
        if one.outcome == "applied" and not _is_stored(one, mine):
            groups.setdefault((by or " ".join((one.row.filled_in_by or only).split()), one.row.answer), []).append(one)
    refused: dict[int, Outcome] = {}
    for (who, _), alike in groups.items():
        refused |= _store(ledger, snapshot, alike, who, delivery_id, known)
    return [refused.get(one.row.number, one) for one in found]


def _is_stored(one: Outcome, mine: set[str]) -> bool:
    """Whether this delivery has decided the row's difference before."""
    said = one.outcome == "applied" or (one.outcome == "refused" and one.heading == "Difference")
    return said and (one.row.difference or "").lower() in mine


def _known(ledger: Ledger, ask: Rows, authority: str, rows: Sequence[Row]) -> Known:
    breaks = sorted({row.difference.lower() for row in rows if row.difference})
    cases = sorted({row.case_id for row in rows if row.case_id})
    bound = {
        (row["break_id"], row["as_at"]): row["bound_to"]
        for row in ask(BOUND, {"authority": authority, "breaks": breaks})
    }
    newest = {one.break_id: one for one in ledger.decisions(breaks=breaks) if one.authority == authority}
    children = frozenset(row["said"] for row in ask(CHILDREN, {"authority": authority, "said": cases}))
    return Known(bound, newest, children)


def _refuse_named(ask: Rows, one: Outcome) -> Outcome:
    if one.outcome == "applied":
        try:
            comments.refuse_ids(ask, one.row.words or "")
        except LedgerError as error:
            return Outcome(one.row, "refused", WORDS, str(error))
    return one


def _store(
    ledger: Ledger, snapshot: Path, alike: list[Outcome], who: str, delivery_id: str, known: Known
) -> dict[int, Outcome]:
    """Store one decision on several differences; the rows that were refused, by number."""
    if not who:
        why = "Nobody says who decides: write a name under “Filled in by”, or hand the workbook in on the page."
        return {one.row.number: Outcome(one.row, "refused", "Filled in by", why) for one in alike}
    row = alike[0].row
    by_break = {(one.row.difference or "").lower(): one.row for one in alike}
    versions = {name: known.decided[name].version if name in known.decided else 0 for name in by_break}
    try:
        _, refused = decide_each(
            ledger, snapshot, by_break, who, expected_version=versions, decision=row.decision, cause=row.cause,
            reason=" ".join((row.words or "").split()), until=row.until, evidence=delivery_id,
        )  # fmt: skip
    except LedgerUnwritable:
        raise
    except LedgerError as error:
        return {one.row.number: Outcome(one.row, "refused", WHO, str(error)) for one in alike}
    return {by_break[one.subject].number: Outcome(by_break[one.subject], "refused", WHO, one.why) for one in refused}
