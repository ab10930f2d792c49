"""What people say about an item of the worklist. Note kind `comment`, subject the item's id; every version is one comment.

A comment names no child by id: the page beside it says which child it is, and the ledger is kept for longer than the child's record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from countermark.desk import guard
from countermark.desk.between import KNOWN
from countermark.desk.figures import Rows
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger

KIND = "comment"
REFUSAL = "The text holds a child's id: say it without, the page shows which child it is."
NAMED = """
select exists (
    select 1 from main.members where list_contains($words::varchar[], upper(child_id))
    union all select 1 from main.breaks where list_contains($words::varchar[], upper(child_id))
    union all select 1 from main.failures where list_contains($words::varchar[], upper(child_id)){between}
) as named
"""
# A child that one register alone names, and an id that one of two systems alone has.
BETWEEN = """
    union all select 1 from (
        select unnest([child_id, left_case, right_case]) as named from main.pair_items where child_id is not null
    ) where list_contains($words::varchar[], upper(split_part(named, '/', 1)))"""


@dataclass(frozen=True)
class Comment:
    """One comment, as written."""

    item_id: str
    text: str
    by: str
    at: datetime | None


def comment(ledger: Ledger, rows: Rows, authority: str, item_id: str, text: str, by: str) -> Comment:
    """Store a comment. LedgerError where it is empty, too long, or holds a child's id."""
    said = guard.plain(text, "A comment")
    refuse_ids(rows, said)
    return _read(ledger.note([Note(authority, KIND, item_id, {"text": said}, by)])[0])


def comments(ledger: Ledger, authority: str, item_ids: Iterable[str]) -> dict[str, list[Comment]]:
    """The comments on each of the items, oldest first; an item without one is left out."""
    found: dict[str, list[Comment]] = {}
    for note in ledger.notes(KIND, subject=list(item_ids), newest=False):
        if note.authority == authority:
            found.setdefault(note.subject, []).append(_read(note))
    return found


def refuse_ids(rows: Rows, *texts: str) -> None:
    """LedgerError, without saying which, where a text holds the id of a child of the published figures."""
    words = {word for text in texts for word in re.findall(r"[\w-]+", text.upper())}
    ids = [word for word in words if len(word) >= guard.SHORTEST_ID and not guard.YEAR.fullmatch(word)]
    named = NAMED.format(between=BETWEEN if ids and rows(KNOWN, {}) else "")
    if ids and rows(named, {"words": ids})[0]["named"]:
        raise LedgerError(REFUSAL)


def _read(note: Note) -> Comment:
    return Comment(note.subject, str(note.body["text"]), note.by, note.at)
