"""Refusing what must not go to a board: a text with a child's id, a worker's or an officer's name in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from countermark.desk.figures import Rows
from countermark.ledger.people import person_key
from countermark.ledger.records import LedgerError

LONGEST_TEXT = 4000
SHORTEST_ID = 4  # shorter numbers are counts more often than children; a worker of one word may be "Duty"
YEAR = re.compile(r"(19|20)\d\d")
REFUSAL = "This text goes to people who must not read it: it holds {}. Say it without."

NAMED = """
select
    coalesce(bool_or(list_contains($words, upper(child_id))), false) as child,
    coalesce(bool_or(contains(trim(worker), ' ') and contains($text, lower(trim(worker)))), false) as worker
from main.members
"""


def plain(text: str, what: str) -> str:
    """The text trimmed. LedgerError where it is empty or longer than anybody reads; `what` says what it is."""
    found = text.strip()
    if not found:
        raise LedgerError(f"{what} needs words: write some.")
    if len(found) > LONGEST_TEXT:
        raise LedgerError(f"{what} is longer than {LONGEST_TEXT} characters: say it more shortly.")
    return found


def refuse_names(rows: Rows, text: str, people: Iterable[str] = ()) -> None:
    """LedgerError, without saying whom, where `text` holds a child's id, a worker or one of `people`."""
    words = [word for word in re.findall(r"[\w-]+", text.upper()) if len(word) >= SHORTEST_ID]
    ids = [word for word in words if not YEAR.fullmatch(word)]
    found = rows(NAMED, {"words": ids, "text": " ".join(text.lower().split())})[0]
    if found["child"]:
        raise LedgerError(REFUSAL.format("a child's id"))
    squeezed = person_key(text)
    if found["worker"] or any(len(person_key(name)) >= SHORTEST_ID and person_key(name) in squeezed for name in people):
        raise LedgerError(REFUSAL.format("a person's name"))
